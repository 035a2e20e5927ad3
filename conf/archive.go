package conf

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/implycheck/implycheck/conf/form"
)

// Limits tell an archive that only exists to fill memory or time from a large
// distribution.
const (
	maxUnpacked = 16 << 30
	maxRatio    = 200
	ratioFrom   = 64 << 20
	// maxTextRatio is that of the configuration alone, from textFrom on: text is
	// packed to a tenth, and copies of it to a fortieth.
	maxTextRatio = 100
	textFrom     = 1 << 20
	// maxKept bounds the configuration in an archive that is packed as a whole:
	// it is read once, and kept until its trees are opened.
	maxKept = 64 << 20
)

const (
	bomb    = "unpacks to far more than it holds"
	swollen = "was not read: the archive " + bomb
	broken  = "is broken in the archive"
)

// IsArchive reports whether Open takes a path for an archive, and not for a
// folder or a file.
func IsArchive(name string) bool { return where{}.isArchive(name) }

// IsArchive is the same where the options say.
func (o Options) IsArchive(name string) bool { return where{o.Files}.isArchive(name) }

func (w where) isArchive(name string) bool {
	info, err := w.stat(name)
	return err == nil && !info.IsDir() && isArchive(name)
}

// openArchive opens an archive, and says how large it is.
func (w where) openArchive(name string) (inPlace, int64, error) {
	f, size, err := openRegular(func() (fs.File, error) { return w.open(name) })
	if err != nil {
		return nil, 0, err
	}
	if archive, ok := f.(inPlace); ok {
		return archive, size, nil
	}
	_ = f.Close()
	return nil, 0, errors.New("is not a file that can be read in place")
}

func isArchive(name string) bool {
	for _, suffix := range []string{".tar.gz", ".tgz", ".tar", ".zip"} {
		if strings.HasSuffix(strings.ToLower(name), suffix) {
			return true
		}
	}
	return false
}

// unpack lists an archive in place. One that is broken somewhere is listed as far
// as it can be read.
func (l *listing) unpack(ctx context.Context, name string) error {
	f, size, err := l.where.openArchive(name)
	if err != nil {
		return cleanError(name, err)
	}
	defer f.Close()
	a := &archive{listing: l, ctx: ctx, index: map[string]int{}}
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, ".zip"):
		err = a.zip(f, size)
	case strings.HasSuffix(lower, ".tar"):
		err = a.tar(patient{ctx, f}, f, size)
	default:
		err = a.tarGz(f, size)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && len(l.files) == 0:
		return fmt.Errorf("%s: is not a readable archive: %w", name, err)
	case err != nil:
		l.problems = append(l.problems, Problem{"", "is broken and was not read to its end: " + err.Error(), true, 0})
	}
	return nil
}

// archive looks at the members of an archive.
type archive struct {
	*listing
	ctx   context.Context
	index map[string]int // of the files
	seen  int            // members
	kept  int64
}

// swells reports whether the archive, of that size, would hold too much
// configuration for it with so many bytes more.
func (a *archive) swells(more, size int64) bool {
	return a.kept+more > textFrom && (a.kept+more)/maxTextRatio > size
}

// look takes the name of a member, and reports whether it is a file to read.
func (a *archive) look(name string, isDir, isRegular bool) (e entry, wanted bool, err error) {
	if a.seen++; a.seen > maxEntries {
		return e, false, fmt.Errorf("it holds more than %d members", maxEntries)
	}
	e.path = path.Clean(strings.ReplaceAll(name, `\`, "/"))
	e.kind, wanted = kindOf(e.path)
	if message := refused(e.path); message != "" {
		if wanted || leavesFolder(e.path) {
			a.problem(shortened(strings.TrimLeft(e.path, "./")), message)
		}
		return e, false, nil
	}
	a.noteMember(e.path, isDir)
	if !wanted && isRegular {
		wanted = tellsMore(path.Dir(e.path), path.Base(e.path)) || form.MayBe(path.Base(e.path)) || form.HoldsVariables(path.Split(e.path))
	}
	if isDir || !wanted || skipped(e.path) {
		return e, false, nil
	}
	if !isRegular {
		a.problem(e.path, "is a link inside the archive and was not followed")
	}
	return e, isRegular, nil
}

// refused says why a member of that path is not read, if it is not.
func refused(clean string) string {
	switch {
	case leavesFolder(clean):
		return "would be unpacked outside of the archive's folder and was not read"
	case strings.Count(clean, "/") > maxFolders:
		return fmt.Sprintf("lies deeper than %d folders and was not read", maxFolders)
	case strings.IndexByte(clean, 0) >= 0 || longestPart(clean) > 255:
		return "has a name that no disk takes and was not read"
	}
	return ""
}

func leavesFolder(clean string) bool {
	return path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || len(clean) > 1 && clean[1] == ':'
}

func longestPart(clean string) (longest int) {
	for part := range strings.SplitSeq(clean, "/") {
		longest = max(longest, len(part))
	}
	return longest
}

// shortened is a name that can be printed in a line.
func shortened(name string) string {
	const most = 200
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most/2], "") + "..." + strings.ToValidUTF8(name[len(name)-most/2:], "")
}

// keep lists a member that is to be read. Of several of one name the last one
// counts, as when they are unpacked.
func (a *archive) keep(e entry) {
	if e.kind == "" {
		a.mayBe(e)
		if tellsMore(path.Dir(e.path), path.Base(e.path)) {
			a.around.note(e)
		}
		return
	}
	if i, ok := a.index[e.path]; ok {
		a.problem(e.path, "is in the archive more than once; the last one counts")
		a.files[i] = e
		return
	}
	a.index[e.path] = len(a.files)
	a.files = append(a.files, e)
}

// noteMember notes names on the way to a member too, since archives need not list
// their folders.
func (a *archive) noteMember(clean string, isDir bool) {
	for i := range len(clean) {
		if clean[i] == '/' {
			a.note(path.Dir(clean[:i]), path.Base(clean[:i]), true)
		}
	}
	a.note(path.Dir(clean), path.Base(clean), isDir)
}

func skipped(clean string) bool {
	for part := range strings.SplitSeq(path.Dir(clean), "/") {
		if skipDir(part) {
			return true
		}
	}
	return false
}
