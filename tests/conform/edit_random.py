#!/usr/bin/env python3
"""Random cases of error localisation with all cheapest sets, found by trying every set with an exact rational simplex: an oracle that shares nothing
with the program. usage: edit_random.py FOLDER SEED CASES; writes FOLDER/errorloc.json in the layout of the editing packs. The same arguments give the
same file. Right sides and values are multiplied by 1/100, 1, 1e6, 1e9 and 1e12 in turn."""
from fractions import Fraction as F
import itertools
import json
import random
import sys
def fr(x): return F(repr(x)) if isinstance(x,float) else F(x)
# exact LP: maximize c.x s.t. rows (a,op,b), op in <=,=; variables free or >=0
def lp(c, rows, nonneg, n):
    """returns ('inf',None,None) infeasible, ('unb',..), ('opt', value, x)"""
    # columns: nonneg -> one; free -> two
    cols=[]
    for j in range(n):
        cols.append((j,1))
        if not nonneg[j]: cols.append((j,-1))
    m=len(rows); k=len(cols)
    ns=sum(1 for r in rows if r[1]=='<=')
    N=k+ns+m
    T=[];basis=[];s=0
    for i,(a,op,b) in enumerate(rows):
        row=[F(0)]*(N+1)
        for q,(j,sg) in enumerate(cols): row[q]=sg*a[j]
        sl=None
        if op=='<=':
            row[k+s]=F(1); sl=k+s; s+=1
        row[N]=b
        if b<0: row=[-v for v in row]
        if sl is not None and row[sl]==1: basis.append(sl)
        else:
            row[k+ns+i]=F(1); basis.append(k+ns+i)
        T.append(row)
    def run(cost,allowed):
        z=[F(0)]*(N+1)
        for q in range(N): z[q]=-cost[q]
        for i,bq in enumerate(basis):
            if cost[bq]!=0:
                f=cost[bq]; r=T[i]
                for q in range(N+1): z[q]+=f*r[q]
        while True:
            e=next((q for q in range(N) if allowed(q) and z[q]<0),None)
            if e is None: return z[N]
            best=None;bi=None
            for i in range(m):
                if T[i][e]>0:
                    t=T[i][N]/T[i][e]
                    if best is None or t<best or (t==best and basis[i]<basis[bi]): best=t;bi=i
            if bi is None: return None
            pv=T[bi][e]; r=[v/pv if v else v for v in T[bi]]; T[bi]=r
            for i in range(m):
                if i!=bi and T[i][e]!=0:
                    f=T[i][e]; T[i]=[u-f*v if v else u for u,v in zip(T[i],r)]
            f=z[e]; z=[u-f*v if v else u for u,v in zip(z,r)]
            basis[bi]=e
    cost=[F(0)]*N
    for q in range(k+ns,N): cost[q]=F(-1)
    v=run(cost,lambda q:True)
    if v<0: return ('inf',None,None)
    # drive artificials out
    for i in range(m):
        if basis[i]>=k+ns:
            e=next((q for q in range(k+ns) if T[i][q]!=0),None)
            if e is None: continue
            pv=T[i][e]; r=[v/pv for v in T[i]]; T[i]=r
            for h in range(m):
                if h!=i and T[h][e]!=0:
                    f=T[h][e]; T[h]=[u-f*w for u,w in zip(T[h],r)]
            basis[i]=e
    cost=[F(0)]*N
    for q,(j,sg) in enumerate(cols): cost[q]=sg*c[j]
    v=run(cost,lambda q:q<k+ns)
    if v is None: return ('unb',None,None)
    x=[F(0)]*n
    for i,bq in enumerate(basis):
        if bq<k: x[cols[bq][0]]+=cols[bq][1]*T[i][N]
    return ('opt',v,x)
def feasible(rows,nonneg,n):
    return lp([F(0)]*n,rows,nonneg,n)[0]!='inf'
def num(c):
    s=repr(float(c)); return s[:-2] if s.endswith('.0') else s
def show(names,row,rng=None):
    a,op,b=row
    L=[];R=[]
    for j,c in enumerate(a):
        if c==0: continue
        side=L
        if rng and rng.random()<0.3: side=R; c=-c
        side.append((c,names[j]))
    def txt(t,k=0):
        out=''
        for c,nm in t:
            sg='-' if c<0 else '+'
            mag=abs(c)
            w=nm if mag==1 else (num(mag)+(' * ' if rng and rng.random()<.5 else '*')+nm)
            out+= (' %s '%sg if out else ('- ' if sg=='-' else ''))+w
        if k!=0 or not out:
            out+=(' %s '%('-' if k<0 else '+') if out else ('-' if k<0 else ''))+num(abs(k))
        return out
    o=op
    if rng and op=='<=' and rng.random()<.4:
        return txt(R,b)+' '+rng.choice(['>=','>'])+' '+txt(L)
    if rng and op=='<=' and rng.random()<.2:
        return 'fail: '+txt(L)+' > '+txt(R,b)
    return (rng.choice(['','','pass: ']) if rng else '')+txt(L)+' '+o+' '+txt(R,b)
def gen_system(rng,p,neg):
    names=[chr(65+i) for i in range(p)] if rng.random()<.5 else ['X_%d'%i for i in range(p)]
    # plant a feasible point
    x0=[F(rng.randint(-5 if neg else 0,20)) for _ in range(p)]
    rows=[]
    for _ in range(rng.randint(1,6)):
        k=rng.randint(1,min(p,4)); idx=rng.sample(range(p),k)
        a=[F(0)]*p
        for j in idx: a[j]=F(rng.choice([1,1,1,-1,-1,-1,2,-2,3,F(1,2),F(-3,4),F('0.1'),-300,5]))
        v=sum(u*w for u,w in zip(a,x0))
        if rng.random()<.35: rows.append((a,'=',v))
        else: rows.append((a,'<=',v+rng.choice([0,0,1,3,10])))
    used=[j for j in range(p) if any(r[0][j]!=0 for r in rows)]
    names=[names[j] for j in used]
    rows=[([r[0][j] for j in used],r[1],r[2]) for r in rows]
    return names,rows,[x0[j] for j in used]
def localise(rows,nn,p,x,forced,w):
    # x: Fractions or None
    miss={j for j in range(p) if x[j] is None}
    f=set(forced)|miss
    full=[(r) for r in rows]
    def ok(S):
        rr=[]
        Sl=sorted(S)
        for a,op,b in full:
            rhs=b-sum(a[j]*x[j] for j in range(p) if j not in S)
            aa=[a[j] for j in Sl]
            if all(v==0 for v in aa):
                if op=='=' and abs(rhs)>F(1,10**6): return False
                if op=='<=' and rhs<-F(1,10**6): return False
                continue
            rr.append((aa,op,rhs))
        for j in range(p):
            if j not in S and nn and x[j]<0: return False
        return feasible(rr,[nn]*len(Sl),len(Sl))
    if not f and ok(set()): return None
    subs=[]
    for k in range(p+1):
        for S in itertools.combinations(range(p),k):
            if f<=set(S): subs.append((sum(w[j] for j in S),S))
    subs.sort(key=lambda t:(t[0],t[1]))
    best=None;sol=[]
    for c,S in subs:
        if best is not None and c>best: break
        if ok(set(S)): best=c; sol.append(S)
    return best,sol
def case(rng,i,scale=1):
    neg=rng.random()<.4
    p=rng.randint(1,5)
    names,rows,x0=gen_system(rng,p,neg); p=len(names)
    rows=[(a,op,b*scale) for a,op,b in rows]; x0=[v*scale for v in x0]
    if not p: return None
    w=[F(1)]*p; params={'unit_id':'IDENT','edits':'; '.join(show(names,r,rng) for r in rows)+';'}
    if neg: params['accept_negative']=rng.choice([True,True,'Y'])
    if rng.random()<.4:
        w=[F(rng.choice(['1','2','0.5','1.5','3','0.1','0.3'])) for _ in range(p)]
        params['weights']=' '.join('%s=%s;'%(n,num(v)) for n,v in zip(names,w) if v!=1 or rng.random()<.5)
    card=None
    if rng.random()<.25: card=rng.choice([1,1.5,2]); params['cardinality']=card
    data=[];exp=[];st=[]
    for u in range(rng.randint(1,8)):
        x=list(x0)
        for j in range(p):
            t=rng.random()
            if t<.35: x[j]=F(rng.randint(-3,30))*scale
            elif t<.42: x[j]=None
            elif t<.46: x[j]=-x[j]
            elif t<.5: x[j]=x[j]*1000
            elif t<.55: x[j]=x[j]+F('0.25')*scale
            elif t<.58: x[j]=F(0)
        forced=[]
        uid='%s%d'%(rng.choice(['u','R0']),u)
        if rng.random()<.1:
            j=rng.randrange(p); forced=[j]; st.append([uid,names[j],'FTI'])
            if rng.random()<.5: st.append([uid,names[(j+1)%p],'FTE']) if p>1 else None
        data.append([uid]+[None if v is None else (float(v) if rng.random()<.5 or v!=int(v) else int(v)) for v in x])
        r=localise(rows,not neg,p,x,forced,w)
        if r is None: continue
        c,sol=r
        if c is None: exp.append({'unit':uid,'min_weight':None,'NOSOL':1}); continue
        if card is not None and c>F(str(card)): exp.append({'unit':uid,'min_weight':None,'solutions':[],
            'banff_choice':[],'reject':'CARDINALITY EXCEEDED'})
        else: exp.append({'unit':uid,'min_weight':float(c),'solutions':[[names[j] for j in S] for S in sol],
            'banff_choice':[names[j] for j in sol[0]],'reject':None})
    if any('NOSOL' in e for e in exp): return None
    return {'id':'rel%04d'%i,'data':'inline','inline':{'columns':['IDENT']+names,'rows':data},
            'instatus':{'columns':['IDENT','FIELDID','STATUS'],'rows':st}
            if st else None,
            'params':params,'rc':0,'expected_failing':exp,'n_failing':len(exp)}
if __name__ == "__main__":
    rng = random.Random(int(sys.argv[2]))
    scales = [F(1, 100), F(1), F(10**6), F(10**9), F(10**12)]
    cases = [c for c in (case(rng, i, scales[i % 5]) for i in range(int(sys.argv[3]))) if c]
    with open(sys.argv[1] + "/errorloc.json", "w") as out:
        json.dump(cases, out)
