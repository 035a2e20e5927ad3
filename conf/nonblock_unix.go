//go:build unix

package conf

import "syscall"

// nonblock keeps open from waiting for the other end of a pipe.
const nonblock = syscall.O_NONBLOCK
