package conf

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// maxUnpacked and maxRatio tell an archive that only exists to fill memory or
// time from a large distribution.
const (
	maxUnpacked = 16 << 30
	maxRatio    = 200
	ratioFrom   = 64 << 20
)

var errBomb = errors.New("unpacks to far more than it holds; it was not read further")

// IsArchive reports whether Open takes a path for an archive, and not for a
// folder or a file.
func IsArchive(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir() && isArchive(name)
}

func isArchive(name string) bool {
	for _, suffix := range []string{".tar.gz", ".tgz", ".tar", ".zip"} {
		if strings.HasSuffix(strings.ToLower(name), suffix) {
			return true
		}
	}
	return false
}

// scanArchive reads the configuration files of an archive in place.
func (s *snapshot) scanArchive(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return cleanError(name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return cleanError(name, err)
	}
	lower := strings.ToLower(name)
	switch {
	case strings.HasSuffix(lower, ".zip"):
		err = s.scanZip(f, info.Size())
	case strings.HasSuffix(lower, ".tar"):
		err = s.scanTar(bufio.NewReader(f))
	default:
		err = s.scanTarGz(f, info.Size())
	}
	if err != nil {
		return fmt.Errorf("%s: is not a readable archive: %w", name, err)
	}
	return nil
}

func (s *snapshot) scanTarGz(f io.Reader, size int64) error {
	unzipped, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		return err
	}
	return s.scanTar(&meter{r: unzipped, packed: size})
}

func (s *snapshot) scanTar(r io.Reader) error {
	members := tar.NewReader(r)
	for {
		header, err := members.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.member(header.Name, header.Typeflag == tar.TypeDir, header.Typeflag == tar.TypeReg, members); err != nil {
			return err
		}
	}
}

func (s *snapshot) scanZip(f io.ReaderAt, size int64) error {
	members, err := zip.NewReader(f, size)
	if err != nil {
		return err
	}
	for _, m := range members.File {
		if err := s.zipMember(m); err != nil {
			return err
		}
	}
	return nil
}

func (s *snapshot) zipMember(m *zip.File) error {
	isDir := strings.HasSuffix(m.Name, "/")
	if clean := path.Clean(m.Name); isDir || !interesting(clean) && !tellsMore(clean) {
		return s.member(m.Name, isDir, m.Mode().IsRegular(), nil)
	}
	r, err := m.Open()
	if err != nil {
		s.files = append(s.files, rawFile{path: m.Name, problem: err.Error()})
		return nil
	}
	defer r.Close()
	return s.member(m.Name, false, m.Mode().IsRegular(), r)
}

// member takes one member of an archive. Members that would leave the place
// where the archive is unpacked are reported and not read.
func (s *snapshot) member(name string, isDir, isRegular bool, r io.Reader) error {
	if s.entries++; s.entries > maxEntries {
		return fmt.Errorf("it holds more than %d members", maxEntries)
	}
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	if path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") {
		s.problem(strings.TrimLeft(clean, "./"), fmt.Sprintf("the archive's member %q would be unpacked outside of it and was not read", name))
		return nil
	}
	s.noteParents(clean, isDir)
	switch {
	case !isDir && r != nil && isRegular && s.around.wants() && tellsMore(clean) && !interesting(clean) && !skipped(clean):
		data, err := io.ReadAll(io.LimitReader(r, maxAround))
		if err != nil {
			return err
		}
		s.around.note(candidate{path: clean, data: data})
	case isDir || !interesting(clean) || skipped(clean):
	case !isRegular:
		s.problem(clean, "is a link inside the archive and was not followed")
	default:
		s.keep(clean, r)
	}
	return nil
}

// noteParents notes names on the way to a member, since archives need not list
// their folders.
func (s *snapshot) noteParents(clean string, isDir bool) {
	s.note(path.Dir(clean), path.Base(clean), isDir)
	parts := strings.Split(clean, "/")
	for i := range parts[:len(parts)-1] {
		dir, name := path.Join(parts[:i]...), parts[i]
		if path.Base(dir) == "extensions" && !s.hasExtension(dir, name) || i == 0 && len(s.around.mentions) == 0 {
			s.note(dir, name, true)
		}
	}
}

func (s *snapshot) hasExtension(dir, name string) bool {
	n := len(s.extensions)
	return n > 0 && s.extensions[n-1] == extension{dir, name}
}

func skipped(clean string) bool {
	for part := range strings.SplitSeq(path.Dir(clean), "/") {
		if skipDirs[part] {
			return true
		}
	}
	return false
}

// meter stops reading what grows out of all proportion.
type meter struct {
	r            io.Reader
	packed, read int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.read += int64(n)
	if m.read > maxUnpacked || m.read > ratioFrom && m.read/maxRatio > m.packed {
		return n, errBomb
	}
	return n, err
}
