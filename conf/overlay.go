package conf

import "path/filepath"

// overlay puts the files of Options.Overlay in the place of those found below
// name; of one that links lead to by several names, in each of its places.
func (s *snapshot) overlay(name string, isDir bool, files map[string][]byte) {
	if len(files) == 0 {
		return
	}
	over, placed := make(map[string][]byte, len(files)), map[string]bool{}
	for file, data := range files {
		over[RealPath(file)] = data
	}
	found := s.files
	s.files = nil
	for _, f := range found {
		full := RealPath(name)
		if isDir {
			full = RealPath(filepath.Join(name, f.path))
		}
		if data, ok := over[full]; ok {
			placed[full] = true
			f = rawFile{path: f.path, data: data}
			if data == nil {
				continue
			}
		}
		s.files = append(s.files, f)
	}
	for full, data := range over {
		if rel, ok := relative(RealPath(name), full); ok && isDir && data != nil && !placed[full] && IsConfiguration(rel) {
			s.files = append(s.files, rawFile{path: rel, data: data})
		}
	}
}

// relative is a path below root.
func relative(root, full string) (string, bool) {
	rel, err := filepath.Rel(root, full)
	return filepath.ToSlash(rel), err == nil && within(root, full)
}

// RealPath is a path without links, from the root; the last parts of it need not
// be there.
func RealPath(name string) string {
	full, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	if target, err := filepath.EvalSymlinks(full); err == nil {
		return target
	}
	if dir := filepath.Dir(full); dir != full {
		return filepath.Join(RealPath(dir), filepath.Base(full))
	}
	return full
}
