package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Stamp is what a file looks like without being read: whoever changes it changes
// its stamp, nearly always.
type Stamp struct {
	Size int64
	Time time.Time
	Mode fs.FileMode
}

// Stamps are those of the files at some paths and below them, by their names: at
// most so many are looked at, wanted or not, and all reports whether that was
// enough. Wanted chooses among the files below a folder, by their path in there, and
// folders that are not wanted are not entered. A path may be a link to a folder; below
// it, what a link leads to is looked at, and not what is below that. What lies below
// an earlier path is not looked at again.
func Stamps(paths []string, most int, wanted func(path string, folder bool) bool) (stamps map[string]Stamp, all bool) {
	stamps = map[string]Stamp{}
	entered := map[string]bool{}
	for _, top := range paths {
		if top = filepath.Clean(top); entered[top] {
			continue
		}
		real := top
		if link, err := os.Lstat(top); err == nil && link.Mode()&fs.ModeSymlink != 0 {
			stamps[top] = stampOf(link) // it may lead elsewhere one day
			real, _ = filepath.EvalSymlinks(top)
		}
		_ = filepath.WalkDir(real, func(name string, d fs.DirEntry, err error) error {
			if most--; most < 0 {
				return fs.SkipAll
			}
			if err != nil {
				return nil // it is gone, or nobody may look: a change if it was there
			}
			rel, _ := filepath.Rel(real, name)
			shown := filepath.Join(top, rel)
			switch use := name == real || wanted(filepath.ToSlash(rel), d.IsDir()); {
			case use && d.IsDir():
				entered[shown] = true
			case use:
				if info, err := os.Stat(name); err == nil {
					stamps[shown] = stampOf(info)
				}
			case d.IsDir():
				return fs.SkipDir
			}
			return nil
		})
	}
	return stamps, most >= 0
}

func stampOf(info fs.FileInfo) Stamp { return Stamp{info.Size(), info.ModTime(), info.Mode()} }
