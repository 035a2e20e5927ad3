package conf

import (
	"bytes"
	"path"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
)

// isScript reports whether a file may be one that fills in slots when a process
// is started or an image is built: start.sh, bin/run, a Dockerfile.
func isScript(dir, name string) bool {
	lower := strings.ToLower(name)
	return path.Ext(lower) == ".sh" || strings.HasPrefix(lower, "dockerfile") || strings.HasPrefix(lower, "entrypoint") ||
		path.Ext(lower) == "" && path.Base(dir) == "bin"
}

// fillsSlots reports whether a script replaces text in files.
func fillsSlots(script []byte) bool {
	return bytes.Contains(script, []byte("sed ")) || bytes.Contains(script, []byte("envsubst"))
}

// markFilled finds the values that are empty, or an example, because a script
// around the tree puts others in their place.
func (t *Tree) markFilled(around *surroundings) {
	if len(around.scripts) == 0 {
		return
	}
	for _, f := range t.Readable(CommonProperties, RuntimeProperties) {
		for i := range f.Properties.Entries {
			e := &f.Properties.Entries[i]
			if (e.Value == "" || e.Placeholder) && around.fills(f, e) {
				e.Placeholder, e.Filled, e.Node = true, true, nil
			}
		}
	}
}

// fills reports whether a script replaces the value of an entry: sed by its key,
// envsubst by the variable in the file.
func (s *surroundings) fills(f *File, e *syntax.Entry) bool {
	escaped := strings.ReplaceAll(e.Key, ".", `\.`)
	for _, script := range s.scripts {
		switch {
		case bytes.Contains(script, []byte("sed ")) && (bytes.Contains(script, []byte(e.Key)) || bytes.Contains(script, []byte(escaped))):
			return true
		case bytes.Contains(script, []byte("envsubst")) && strings.Contains(e.Value, "$") && bytes.Contains(script, []byte(f.Base())):
			return true
		}
	}
	return false
}
