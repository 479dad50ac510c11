/* Confinement of executables (confine.c), for start.c. */
#ifndef WASMRT_CONFINE_H
#define WASMRT_CONFINE_H

#include "abi.h"
#include "guest_options.h"

/*
 * Closes every descriptor beyond the standard streams: whoever started the process may have left some open,
 * and none was granted. Before anything is opened for the guest.
 */
void wasmrt_confine_descriptors(void);

/*
 * Gives up, for good, whatever the linked code does not need; what is open stays usable. `options` are what
 * the instance was configured with. Returns NULL, or what this kernel cannot do of it, for a message; the
 * rest is in force then.
 */
const char *wasmrt_confine(const struct wasmrt_instance *instance,
                           const struct wasmrt_guest_options *options);

#endif
