//go:build !unix

package edit

import (
	"io/fs"
	"os"
)

// own does nothing: a file beside another has its owner by inheritance.
func own(*os.File, fs.FileInfo) error { return nil }

// private is as the folders of a user are elsewhere: by inheritance.
func private(fs.FileInfo) bool { return true }

// foreign is for systems that have a root.
func foreign(fs.FileInfo) bool { return false }
