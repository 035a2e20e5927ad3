//go:build !unix

package conf

const nonblock = 0
