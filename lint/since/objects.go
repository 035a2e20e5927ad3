package since

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Limits of one object. A folder of 100,000 files has 5 MiB.
const (
	maxFile   = 4 << 20
	maxFolder = 16 << 20
	maxLink   = 4096
)

// objects reads the objects of a repository, one after the other.
type objects struct {
	repository *repository
	cmd        *exec.Cmd
	cancel     context.CancelFunc
	in         io.WriteCloser
	out        *bufio.Reader
	problem    bounded
	late       *time.Timer
	left       int64              // of an object that was too large: it comes before the next answer
	skipped    int64              // of all such
	folders    map[string][]entry // that were read, by the name of the object
}

// entry is one name in a folder of a commit.
type entry struct {
	name string
	kind kind
	id   string
	from *objects
}

// kind is what an entry is; git knows it as a mode.
type kind string

const (
	isFolder     kind = "40000"
	isLink       kind = "120000"
	isRepository kind = "160000" // a submodule, by its commit
)

func (k kind) isFile() bool { return strings.HasPrefix(string(k), "100") }

// errTooLarge is said of an object that is larger than what it is for.
var errTooLarge = errors.New("too large")

func (r *repository) objects() (*objects, error) {
	ctx, cancel := context.WithCancel(r.ctx)
	o := &objects{repository: r, cancel: cancel, problem: bounded{left: 4096}, folders: map[string][]entry{}}
	o.cmd = r.command(ctx, "cat-file", "--batch")
	o.cmd.Stderr = &o.problem
	var err error
	if o.in, err = o.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	o.out = bufio.NewReaderSize(out, 64<<10)
	if err := o.cmd.Start(); err != nil {
		cancel()
		return nil, failure(err, "")
	}
	o.late = time.AfterFunc(patience, cancel)
	return o, nil
}

// close ends git, which may be in the middle of something.
func (o *objects) close() {
	o.late.Stop()
	o.cancel()
	_ = o.cmd.Wait()
}

// read reads the object of a name, which must be of a type and no larger than
// limit. What git has not, as in a shallow or partial clone, is an error.
func (o *objects) read(name, kind string, limit int64) ([]byte, error) {
	o.late.Reset(patience)
	data, err := o.ask(name, kind, limit)
	switch {
	case err == nil, errors.Is(err, errTooLarge):
		return data, err
	case o.repository.ctx.Err() != nil:
		return nil, o.repository.ctx.Err()
	case !o.late.Stop():
		return nil, fmt.Errorf("git cat-file has not answered for %s", patience)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe):
		_ = o.cmd.Wait()
		return nil, failure(fmt.Errorf("git cat-file has ended at object %s", name), o.problem.data.String())
	}
	return nil, err
}

func (o *objects) ask(name, kind string, limit int64) ([]byte, error) {
	if _, err := io.CopyN(io.Discard, o.out, o.left); err != nil {
		return nil, err
	}
	o.left = 0
	if _, err := io.WriteString(o.in, name+"\n"); err != nil {
		return nil, io.ErrClosedPipe
	}
	head, err := o.out.ReadString('\n')
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(head)
	if len(fields) != 3 || fields[1] != kind {
		return nil, fmt.Errorf("git has no %s %s here: fetch it first; CI systems often clone a part only", kind, name)
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("git answers no size of object %s", name)
	}
	if size > limit {
		if o.left = size + 1; o.left > maxBytes-o.skipped {
			return nil, fmt.Errorf("there is more than %d MiB in files that are too large to be read", maxBytes>>20)
		}
		o.skipped += o.left
		return nil, errTooLarge
	}
	data := make([]byte, size+1) // a line feed ends it
	if _, err := io.ReadFull(o.out, data); err != nil {
		return nil, err
	}
	return data[:size], nil
}

// folder reads what a folder holds. Names that no file can have are left out.
func (o *objects) folder(id string) ([]entry, error) {
	if known, ok := o.folders[id]; ok {
		return known, nil
	}
	data, err := o.read(id, "tree", maxFolder)
	if errors.Is(err, errTooLarge) {
		return nil, fmt.Errorf("a folder with more than %d MiB of names: %w", maxFolder>>20, err)
	}
	if err != nil {
		return nil, err
	}
	list := []entry{}
	for len(data) > 0 {
		mode, rest, _ := bytes.Cut(data, []byte(" "))
		name, rest, ok := bytes.Cut(rest, []byte{0})
		raw := len(id) / 2
		if !ok || len(rest) < raw {
			return nil, fmt.Errorf("object %s is not a folder", id)
		}
		if isName(string(name)) {
			list = append(list, entry{string(name), kind(mode), fmt.Sprintf("%x", rest[:raw]), o})
		}
		data = rest[raw:]
	}
	o.folders[id] = list
	return list, nil
}

func isName(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "/\\")
}
