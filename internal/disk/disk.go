// Package disk opens what lies in other people's folders: regular files of a
// bounded size, and no link that leads out.
//
// Whoever names a path on the command line is trusted: the path may lead
// anywhere. What lies in a repository may come from a stranger's pull request and
// is not: a link in it is followed only as far as the repository goes. So every
// path is split into the folder that bounds it (Top) and the rest, and the rest is
// opened through os.Root, which no link leaves, whoever changes it meanwhile.
package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Reason is the part of an error that says why, without the call and the path.
func Reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		err = link.Err
	}
	if err != nil && err.Error() == escapes {
		return ErrOutside
	}
	return err
}

// escapes is what os.Root says, which has no error of its own for it.
const escapes = "path escapes from parent"

// ErrOutside is the reason where a link, or a path with "..", leads out of the
// folder that bounds it.
var ErrOutside = errors.New("it leads out of its repository or folder")

// Kind is what something is that is no regular file, for people.
func Kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a link"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}

// NotRegularError says that something is no regular file, and is not opened.
type NotRegularError struct{ Mode fs.FileMode }

// Error says what it is.
func (e NotRegularError) Error() string {
	return fmt.Sprintf("it is %s, and no regular file", Kind(e.Mode))
}
