package since

import (
	"path/filepath"
	"strings"

	"github.com/implycheck/implycheck/internal/disk"
)

// withoutIgnored are the files below a tree without those that git does not keep:
// they are in no revision, and are the same then and now. What the old revision
// holds is kept, and so is what lies behind a link or in a submodule.
func (r *repository) withoutIgnored(tree string, files []string, old map[string][]byte) ([]string, error) {
	dir, err := disk.Real(filepath.FromSlash(tree))
	if err != nil {
		return nil, disk.Reason(err)
	}
	asked := map[string]string{} // files, by their paths from the top
	var paths []string
	for _, file := range files {
		if _, kept := old[file]; kept {
			continue
		}
		if path, ok := r.plain(filepath.Join(dir, filepath.FromSlash(file))); ok {
			asked[path] = file
			paths = append(paths, path)
		}
	}
	ignored, err := r.ignored(paths)
	if err != nil {
		return nil, err
	}
	same := map[string]bool{}
	for path := range ignored {
		same[asked[path]] = true
	}
	var kept []string
	for _, file := range files {
		if !same[file] {
			kept = append(kept, file)
		}
	}
	return kept, nil
}

// plain is a file's path from the top, if no link and no other repository is on
// the way.
func (r *repository) plain(full string) (string, bool) {
	real, err := filepath.EvalSymlinks(full)
	if err != nil || real != full {
		return "", false
	}
	top, rest, err := disk.Repository(full)
	colon := strings.HasPrefix(rest, ":") // means something to git
	return filepath.ToSlash(rest), err == nil && top == r.top && !colon
}
