package policy

import "syscall"

// limitMemory makes the kernel refuse memory that is asked for at once, before
// anybody can watch it.
func limitMemory(bytes uint64) {
	_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: bytes, Max: bytes})
}
