/* checked_build.h -- ADDRESS_CHECKED: 1 in a build with AddressSanitizer (gcc or clang), else 0. Such a build makes system calls of its own, needs
 * memory of its own and attaches to itself at the end: filters, limits and meters of memory leave it room. Nothing else may depend on it. */
#ifndef SHIRABE_BASE_CHECKED_BUILD_H
#define SHIRABE_BASE_CHECKED_BUILD_H

#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_CHECKED 1
#endif
#endif
#ifndef ADDRESS_CHECKED
#define ADDRESS_CHECKED 0
#endif

#endif
