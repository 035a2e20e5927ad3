//go:build unix

package disk

import "syscall"

// Nonblock keeps open from waiting for the other end of a pipe.
const Nonblock = syscall.O_NONBLOCK
