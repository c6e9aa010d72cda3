# age_pty.py PASSPHRASE COMMAND... -- runs age on a terminal of its own and answers every question for a passphrase. Exit status of the command.
import os
import pty
import sys

passphrase, command = sys.argv[1], sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen = b""
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:  # Linux: the other side was closed
        break
    if not part:
        break
    seen += part
    if b"passphrase" in seen and seen.rstrip(b" ").endswith(b":"):
        os.write(terminal, passphrase.encode() + b"\r")
        seen = b""
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
