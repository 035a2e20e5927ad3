package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	slash "path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/implycheck/implycheck/internal/disk"
)

// Finder finds the file that counts for a path, and reads each file once. It
// may be used from several goroutines.
type Finder struct {
	// File counts for every path, if not empty; None finds nothing.
	File string
	None bool
	// Files, if not nil, is where files are looked for in the place of the disk. What one
	// of them names, policies and a baseline, is not read there.
	Files fs.FS

	mutex sync.Mutex
	found map[string]found // by folder or file, and by the paths that were asked for
}

type found struct {
	config *Config
	err    error
}

// Find gives the config for a path; an empty one if there is no file.
func (f *Finder) Find(path string) (*Config, error) {
	if f.None {
		return &Config{}, nil
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.found == nil {
		f.found = map[string]found{}
	}
	if f.File != "" {
		return f.remember(f.File, func() (*Config, error) { return Load(disk.User(f.File)) })
	}
	if f.Files != nil {
		return f.within(strings.TrimPrefix(slash.Join("/", filepath.ToSlash(path)), "/"))
	}
	return f.remember(path, func() (*Config, error) {
		dir, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		return f.upward(dir)
	})
}

// upward looks in a folder, given absolutely, and those above it. What is no
// folder, but a file or something in an archive, holds nothing.
func (f *Finder) upward(dir string) (*Config, error) {
	return f.remember(dir, func() (*Config, error) {
		file := filepath.Join(dir, Name)
		_, err := os.Lstat(file)
		if err == nil {
			return loadFound(file)
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return nil, err
		}
		_, err = os.Lstat(filepath.Join(dir, ".git"))
		if up := filepath.Dir(dir); err != nil && up != dir {
			return f.upward(up)
		}
		return &Config{}, nil
	})
}

// within looks in a folder of Files, and those above it.
func (f *Finder) within(dir string) (*Config, error) {
	return f.remember(dir, func() (*Config, error) {
		file := slash.Join(dir, Name)
		info, err := fs.Stat(f.Files, file)
		switch {
		case err == nil && info.Size() > maxSize:
			return nil, fmt.Errorf("%s: this config file cannot be read: %w", file, disk.TooLargeError{Limit: maxSize})
		case err == nil:
			data, err := fs.ReadFile(f.Files, file)
			if err != nil {
				return nil, fmt.Errorf("%s: this config file cannot be read: %w", file, disk.Reason(err))
			}
			return parseAlone(file, data)
		case dir == "":
			return &Config{}, nil
		}
		return f.within(strings.TrimPrefix(slash.Dir("/"+dir), "/"))
	})
}

// loadFound reads a file that nobody named: it lies beside what may be a
// stranger's.
func loadFound(file string) (*Config, error) {
	name, err := disk.Bounded(shown(file))
	if err != nil {
		return nil, err
	}
	return Load(name)
}

func (f *Finder) remember(name string, find func() (*Config, error)) (*Config, error) {
	known, ok := f.found[name]
	if !ok {
		known.config, known.err = find()
		f.found[name] = known
	}
	return known.config, known.err
}

// shown is a path as people see it: from the working directory, if that is
// possible.
func shown(path string) string {
	work, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(work, path); err == nil {
		return rel
	}
	return path
}
