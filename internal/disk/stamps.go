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
// folders that are not wanted are not entered. What a link leads to is looked at,
// and not what is below it.
func Stamps(paths []string, most int, wanted func(path string, folder bool) bool) (stamps map[string]Stamp, all bool) {
	stamps = map[string]Stamp{}
	for _, top := range paths {
		_ = filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
			if most--; most < 0 {
				return fs.SkipAll
			}
			if err != nil {
				return nil // it is gone, or nobody may look: a change if it was there
			}
			rel, _ := filepath.Rel(top, name)
			switch use := name == top || wanted(filepath.ToSlash(rel), d.IsDir()); {
			case use && !d.IsDir():
				if info, err := os.Stat(name); err == nil {
					stamps[name] = Stamp{info.Size(), info.ModTime(), info.Mode()}
				}
			case !use && d.IsDir():
				return fs.SkipDir
			}
			return nil
		})
	}
	return stamps, most >= 0
}
