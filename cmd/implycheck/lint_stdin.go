package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
)

// rendered is what standard input is called that holds resources of Kubernetes.
const rendered = "stdin.yaml"

// maxStdin is more than any configuration file has.
const maxStdin = 4 << 20

// stdinFlags are for editors, which lint a file that was not saved.
type stdinFlags struct {
	filename string
}

func (s *stdinFlags) add(f *pflag.FlagSet) {
	f.StringVar(&s.filename, "stdin-filename", "", "with - as PATH: the file whose content is read from standard input")
}

// read replaces the path - by the file it stands for, and answers the content
// that the file is to be read with.
func (s *stdinFlags) read(ctx context.Context, stdin io.Reader, paths []string) ([]string, map[string][]byte, error) {
	asked := slices.Contains(paths, "-")
	switch {
	case !asked && s.filename != "":
		return nil, nil, fmt.Errorf("--stdin-filename needs - as the path: implycheck lint - --stdin-filename %s", s.filename)
	case !asked:
		return paths, nil, nil
	case len(paths) > 1:
		return nil, nil, fmt.Errorf("- is linted alone, without other paths")
	}
	data, err := readAll(ctx, io.LimitReader(stdin, maxStdin+1))
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("standard input: %w", err)
	case len(data) > maxStdin:
		return nil, nil, fmt.Errorf("standard input is larger than %d MiB, which no configuration file is", maxStdin>>20)
	}
	name := filepath.ToSlash(s.filename)
	if name == "" {
		// What helm and kubectl write needs no name.
		if name = rendered; !conf.IsManifest(data) {
			return nil, nil, fmt.Errorf("- needs to know which file standard input is: add --stdin-filename conf/druid/broker/runtime.properties")
		}
	}
	return []string{name}, map[string][]byte{name: data}, nil
}

// readAll reads to the end, or until the context ends: nobody may ever write to
// standard input.
func readAll(ctx context.Context, r io.Reader) (data []byte, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		data, err = io.ReadAll(r)
	}()
	select {
	case <-done:
		return data, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
