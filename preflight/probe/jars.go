package probe

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/implycheck/implycheck/preflight/facts"
)

// largest is more than any jar, and any file of a configuration, has.
const largest = 512 << 20

// jars lists the jars of folders and looks for classes in them.
func jars(ctx context.Context, q facts.Jars) (*facts.Found, error) {
	found := &facts.Found{Jars: []string{}, Classes: map[string]string{}}
	for _, folder := range q.Folders {
		entries, err := os.ReadDir(folder)
		if errors.Is(err, fs.ErrNotExist) {
			found.Missing = append(found.Missing, folder)
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			path := filepath.Join(folder, e.Name())
			switch {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case isFolder(path):
				found.Folders = append(found.Folders, path)
			case strings.HasSuffix(e.Name(), ".jar"):
				found.Jars = append(found.Jars, path)
				if err := classes(path, q.Classes, found.Classes); err != nil {
					found.Broken = append(found.Broken, path+": "+err.Error())
				}
			}
		}
	}
	return found, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// classes notes which of some classes a jar holds, and fails where it is none.
func classes(path string, names []string, found map[string]string) error {
	jar, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer jar.Close()
	for _, f := range jar.File {
		for _, name := range names {
			if f.Name == strings.ReplaceAll(name, ".", "/")+".class" && found[name] == "" {
				found[name] = path
			}
		}
	}
	return nil
}

// digest says what files are the same on several hosts.
func digest(q facts.Digest) *facts.Sum {
	sum := &facts.Sum{Files: map[string]string{}}
	for name, path := range q.Paths {
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue // another question says so
		}
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		h := sha256.New()
		if _, err := io.Copy(h, io.LimitReader(f, largest)); err == nil {
			sum.Files[name] = hex.EncodeToString(h.Sum(nil))
		}
		_ = f.Close()
	}
	return sum
}
