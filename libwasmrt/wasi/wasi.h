/*
 * What core and embedders see of WASI: granting a guest its arguments, environment and directories, and
 * taking them away again. An instance that was never configured has no arguments, no environment and no
 * descriptors at all.
 */
#ifndef WASMRT_WASI_ENTRY_H
#define WASMRT_WASI_ENTRY_H

#include "abi.h"
#include "guest_options.h"

/*
 * Grants `instance` the standard streams as descriptors 0, 1 and 2, then options->mounts as 3, 4 ..., the
 * arguments and the environment: options->env, and with options->inherit_env `environment` (NULL-terminated,
 * may be NULL) as well. All strings must outlive the instance. Returns 0; or n > 0 if mount n (counted from
 * 1) cannot be opened; or -1 if there is no memory. After both errno says why, and nothing is granted.
 */
int wasmrt_wasi_configure(struct wasmrt_instance *instance, int argc, char **argv, char **environment,
                          const struct wasmrt_guest_options *options);

/*
 * Grants a configured instance a TCP socket that listens at `address`, "HOST:PORT" with a numeric host, as
 * its next descriptor. If the port is 0, the host chooses one, and a line on standard error that begins with
 * `program` says which, unless that is NULL. Returns NULL, or what is wrong, to be followed by the address.
 * Only linked into programs whose guest can accept connections.
 */
const char *wasmrt_wasi_open_listener(struct wasmrt_instance *instance, const char *address,
                                      const char *program);

/* The host's descriptor of a mount, counted from 0, before the guest runs. */
int wasmrt_wasi_mounted(const struct wasmrt_instance *instance, size_t mount);

/* Closes what configure and the guest opened, and frees it. Does nothing for an instance without WASI state.
 */
void wasmrt_wasi_release(struct wasmrt_instance *instance);

#endif
