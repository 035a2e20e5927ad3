package conf

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Limits keep a scan bounded whatever it is pointed at.
const (
	// maxFile is the largest configuration file that is read. Real ones have a
	// few KiB; a MiB of properties is not written by hand.
	maxFile = 4 << 20
	// maxTotal bounds what is kept of one path.
	maxTotal = 1 << 30
	// maxEntries bounds the files and folders looked at below one path.
	maxEntries = 2_000_000
	// maxFolders bounds how deep folders are followed.
	maxFolders = 40
)

// snapshot is what a path holds, be it a folder or an archive: the
// configuration files with their bytes, and the folders that matter.
type snapshot struct {
	files []rawFile
	// extensions are the names of the folders below .../extensions.
	extensions  []extension
	around      surroundings
	mysqlDriver bool
	// zooKeeper is the version of the ZooKeeper in the distribution.
	zooKeeper string
	problems  []Problem
	entries   int
	total     int64
}

// rawFile is a file as it was found, path relative to the scanned path.
type rawFile struct {
	path string
	data []byte
	// problem is why it could not be read; data is empty then.
	problem string
}

type extension struct {
	dir  string // the extensions folder
	name string
}

// Problem is something below the path that could not be read. Everything else
// is still looked at.
type Problem struct {
	// Path is relative to the scanned path.
	Path    string
	Message string
}

// skipDirs hold no configuration and can be huge.
var skipDirs = map[string]bool{".git": true, ".hg": true, ".svn": true, "node_modules": true, "vendor": true}

// scan reads a folder, a file or an archive; overlay is Options.Overlay.
func scan(name string, overlay map[string][]byte) (*snapshot, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, cleanError(name, err)
	}
	s := &snapshot{}
	switch {
	case info.IsDir():
		err = s.scanDir(name, "", nil)
	case isArchive(name):
		err = s.scanArchive(name)
	default:
		s.readFile(name, path.Base(filepath.ToSlash(name)))
	}
	if info.IsDir() || !isArchive(name) {
		s.overlay(name, info.IsDir(), overlay)
	}
	slices.SortFunc(s.files, func(a, b rawFile) int { return strings.Compare(a.path, b.path) })
	return s, err
}

// cleanError drops the name of the system call, which tells users nothing.
func cleanError(name string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file or folder", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: may not be read: permission denied", name)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// scanDir reads the folder dir, rel below the scanned path. above holds the
// folders it lies in, to stop at links that lead back up.
func (s *snapshot) scanDir(dir, rel string, above []os.FileInfo) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if rel == "" {
			return cleanError(dir, err)
		}
		s.problem(rel, "the folder may not be read: "+plainCause(err))
		return nil
	}
	for _, entry := range entries {
		if s.entries++; s.entries > maxEntries {
			return fmt.Errorf("%s: more than %d files and folders: name the conf folder itself", dir, maxEntries)
		}
		if err := s.scanEntry(dir, rel, entry, above); err != nil {
			return err
		}
	}
	return nil
}

func (s *snapshot) scanEntry(dir, rel string, entry os.DirEntry, above []os.FileInfo) error {
	full, sub := filepath.Join(dir, entry.Name()), path.Join(rel, entry.Name())
	kind := entry.Type()
	if kind&fs.ModeSymlink != 0 {
		var ok bool
		if kind, ok = s.followLink(full, sub, len(above)); !ok {
			return nil
		}
	}
	s.note(rel, entry.Name(), kind.IsDir())
	switch {
	case kind.IsDir():
		return s.enter(full, sub, entry.Name(), above)
	case !interesting(sub):
		if kind.IsRegular() && entry.Type().IsRegular() && tellsMore(sub) {
			s.around.note(candidate{path: sub, full: full})
		}
	case !kind.IsRegular():
		s.problem(sub, "is not a regular file")
	default:
		s.readFile(full, sub)
	}
	return nil
}

func (s *snapshot) enter(full, sub, name string, above []os.FileInfo) error {
	if skipDirs[name] {
		return nil
	}
	if interesting(sub) {
		s.problem(sub, "is a folder, where a file of that name is expected")
	}
	if len(above) >= maxFolders {
		s.problem(sub, fmt.Sprintf("lies deeper than %d folders and was not read", maxFolders))
		return nil
	}
	info, err := os.Stat(full)
	if err != nil {
		s.problem(sub, "the folder may not be read: "+plainCause(err))
		return nil
	}
	for _, upper := range above {
		if os.SameFile(upper, info) {
			s.problem(sub, "is a link to a folder it lies in")
			return nil
		}
	}
	return s.scanDir(full, sub, append(above[:len(above):len(above)], info))
}

// followLink says what a symbolic link leads to. Links out of the scanned path
// are not followed: what they lead to is not part of the tree.
func (s *snapshot) followLink(full, sub string, depth int) (fs.FileMode, bool) {
	target, err := filepath.EvalSymlinks(full)
	if err != nil {
		if interesting(sub) || filepath.Ext(sub) == "" {
			s.problem(sub, "is a link that leads nowhere")
		}
		return 0, false
	}
	root := full
	for range strings.Count(sub, "/") + 1 {
		root = filepath.Dir(root)
	}
	if root, err = filepath.EvalSymlinks(root); err != nil || !within(root, target) {
		if interesting(sub) || depth < maxFolders && interestingDir(sub) {
			s.problem(sub, "is a link that leads out of the tree and was not followed")
		}
		return 0, false
	}
	info, err := os.Stat(target)
	if err != nil {
		return 0, false
	}
	return info.Mode().Type(), true
}

func within(root, target string) bool {
	rel, err := filepath.Rel(root, target)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func (s *snapshot) readFile(full, sub string) {
	f, err := os.Open(full)
	if err != nil {
		s.files = append(s.files, rawFile{path: sub, problem: plainCause(err)})
		return
	}
	defer f.Close()
	s.keep(sub, f)
}

// keep reads a configuration file, unless it is too large to be one.
func (s *snapshot) keep(sub string, r io.Reader) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	file := rawFile{path: sub, data: data}
	switch {
	case err != nil:
		file = rawFile{path: sub, problem: plainCause(err)}
	case len(data) > maxFile:
		file = rawFile{path: sub, problem: fmt.Sprintf("is larger than %d MiB, which no configuration file is", maxFile>>20)}
	case s.total+int64(len(data)) > maxTotal:
		file = rawFile{path: sub, problem: "was not read: there is more than 1 GiB of configuration below this path"}
	}
	s.total += int64(len(file.data))
	s.files = append(s.files, file)
}

func (s *snapshot) problem(sub, message string) {
	s.problems = append(s.problems, Problem{sub, message})
}

// zooKeeperJar is the server's jar; Druid's own lib folder has one too, of the
// client, so only ZooKeeper's folder counts.
var (
	zooKeeperJar = regexp.MustCompile(`^zookeeper-(\d+\.\d+\.\d+)[^/]*\.jar$`)
	zooKeeperDir = regexp.MustCompile(`(^|/)(zk|(apache-)?zookeeper[^/]*)(/|$)`)
)

// note remembers names that tell which extensions and which release there are.
func (s *snapshot) note(dir, name string, isDir bool) {
	if isDir && path.Base(dir) == "extensions" {
		s.extensions = append(s.extensions, extension{dir, name})
	}
	if !isDir && strings.HasSuffix(name, ".jar") && (strings.HasPrefix(name, "mysql-connector") || strings.HasPrefix(name, "mariadb-java-client")) {
		s.mysqlDriver = true
	}
	if m := zooKeeperJar.FindStringSubmatch(name); m != nil && !isDir && zooKeeperDir.MatchString(dir) {
		s.zooKeeper = m[1]
	}
	s.around.noteName(dir, name, isDir)
}

// plainCause is the last part of an error, in words.
func plainCause(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}
