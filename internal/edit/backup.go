//go:build !js

package edit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/implycheck/implycheck/internal/disk"
)

// Backups are files as they were before they were changed. They are in a folder of
// the user, which nobody else reads, and not next to the files: a second copy of a
// configuration in its own folder would be read, deployed or committed one day.
type Backups struct{ dir string }

// mostBackups are kept; the oldest go first.
const mostBackups = 50

// maxBackup is more than all files of a configuration have.
const maxBackup = 256 << 20

// Backup is what one command changed.
type Backup struct {
	// ID names the backup; a later one is greater.
	ID    string      `json:"-"`
	Made  time.Time   `json:"made"`
	Files []SavedFile `json:"files"`
	// Broken is why it cannot be read.
	Broken error `json:"-"`
}

// SavedFile is a file before a change, by its real path, and the hash of what it
// became.
type SavedFile struct {
	Path   string `json:"path"`
	Before []byte `json:"before"`
	After  string `json:"after"`
}

// Saved is a file that is about to be changed.
func Saved(path string, before, after []byte) SavedFile {
	return SavedFile{path, before, hashOf(after)}
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// UserBackups are those of the user who runs the program: in
// $XDG_STATE_HOME/implycheck/backups, or ~/.local/state/implycheck/backups. A folder
// that depends on where the program is started is none of the user's.
func UserBackups() (Backups, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil || !filepath.IsAbs(home) {
			return Backups{}, errors.New("there is no folder for backups: set XDG_STATE_HOME or HOME")
		}
		state = filepath.Join(home, ".local", "state")
	}
	return Backups{filepath.Join(state, "implycheck", "backups")}, nil
}

// String is where the backups are.
func (b Backups) String() string { return b.dir }

// mkdir makes the folder. Root makes none in a folder of somebody else's, whose
// programs could not write there any more: sudo may leave HOME as it is.
func (b Backups) mkdir() error {
	for dir := b.dir; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err == nil && dir != b.dir && foreign(info) {
			return fmt.Errorf("%s belongs to another user: set XDG_STATE_HOME to a folder of root", dir)
		}
		if err == nil || dir == filepath.Dir(dir) {
			break
		}
	}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return fmt.Errorf("the folder for backups cannot be made: %w", err)
	}
	return nil
}

// open opens the folder, which nobody else may be able to change. What was opened is
// looked at, and not what has its name a moment later.
func (b Backups) open() (*os.Root, error) {
	named, err := os.Lstat(b.dir)
	if err != nil {
		return nil, err
	}
	if !named.IsDir() {
		return nil, b.shared()
	}
	root, err := os.OpenRoot(b.dir)
	if err != nil {
		return nil, err
	}
	if opened, err := root.Stat("."); err != nil || !private(opened) || !os.SameFile(named, opened) {
		_ = root.Close()
		return nil, errors.Join(err, b.shared())
	}
	return root, nil
}

func (b Backups) shared() error {
	return fmt.Errorf("%s can be read by others, or is not your folder: chmod 700 it, or set XDG_STATE_HOME", b.dir)
}

// Save keeps files as they are now, and forgets the oldest backups.
func (b Backups) Save(files []SavedFile, now time.Time) (id string, err error) {
	if err := b.mkdir(); err != nil {
		return "", err
	}
	root, err := b.open()
	if err != nil {
		return "", err
	}
	defer root.Close()
	data, err := json.Marshal(Backup{Made: now.UTC(), Files: files})
	switch {
	case err != nil:
		return "", err
	case len(data) > maxBackup:
		return "", fmt.Errorf("the files are larger than the %d MiB that a backup may have", maxBackup>>20)
	}
	id = now.UTC().Format(idTime) + "-" + strings.ToLower(rand.Text()[:idRandom])
	var s Staging
	defer s.Discard()
	err = s.Add(File{Folder: root, Path: id + ".json", Shown: filepath.Join(b.dir, id+".json"), New: true}, func(f *os.File) error {
		_, err := f.Write(data)
		return errors.Join(err, f.Chmod(0o600))
	})
	if err = errors.Join(err, s.Commit()); err != nil {
		return "", err
	}
	if err := forgetOld(root, id); err != nil {
		return "", errors.Join(err, root.Remove(id+".json"))
	}
	return id, nil
}

// forgetOld leaves the newest backups, and this one whatever the clock says.
func forgetOld(root *os.Root, id string) error {
	ids, err := idsOf(root)
	ids = slices.DeleteFunc(ids, func(other string) bool { return other == id })
	for ; len(ids) >= mostBackups; ids = ids[1:] {
		if gone := root.Remove(ids[0] + ".json"); !errors.Is(gone, fs.ErrNotExist) { // by another run
			err = errors.Join(err, gone)
		}
	}
	return err
}

// An id is the time, and a few characters for what was made at the same one.
const idTime, idRandom = "20060102-150405.000", 6

func isID(id string) bool {
	if len(id) != len(idTime)+1+idRandom {
		return false
	}
	_, err := time.Parse(idTime, id[:len(idTime)])
	return err == nil
}

// idsOf are the backups in a folder, the oldest first. Other files are not ours.
func idsOf(root *os.Root) (ids []string, err error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), ".json"); ok && e.Type().IsRegular() && isID(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, err
}

// List are the backups, the newest first. What is wrong with one hides no other.
func (b Backups) List() ([]Backup, error) {
	root, err := b.open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	ids, err := idsOf(root)
	if err != nil {
		return nil, err
	}
	var list []Backup
	for _, id := range slices.Backward(ids) {
		list = append(list, read(root, id))
	}
	return list, nil
}

func read(root *os.Root, id string) (one Backup) {
	f, err := root.OpenFile(id+".json", os.O_RDONLY|disk.Nonblock, 0)
	if err == nil {
		defer f.Close()
		err = json.NewDecoder(io.LimitReader(f, maxBackup)).Decode(&one)
	}
	one.ID, one.Broken = id, disk.Reason(err)
	return one
}

// Forget deletes a backup of what was not changed after all.
func (b Backups) Forget(id string) error {
	root, err := b.open()
	if err != nil {
		return err
	}
	defer root.Close()
	return root.Remove(id + ".json")
}

// Restore puts all files of a backup back, or none, and answers which: what was
// changed since then is left alone, and what is as it was already. The backup is gone
// then.
func (b Backups) Restore(one Backup) (put []string, err error) {
	if one.Broken != nil {
		return nil, fmt.Errorf("the backup %s cannot be read: %w", filepath.Join(b.dir, one.ID+".json"), one.Broken)
	}
	var s Staging
	defer s.Discard()
	for _, f := range one.Files {
		now, err := f.now()
		if err != nil {
			return nil, fmt.Errorf("%s cannot be put back: %w; nothing was written", f.Path, err)
		}
		switch hashOf(now) {
		case f.After:
		case hashOf(f.Before): // somebody has put it back, or it was never changed
			continue
		default:
			return nil, fmt.Errorf("%s was changed since %s, and is left alone; nothing was written", f.Path, one.Made.Format(time.RFC3339))
		}
		err = s.AddNamed(disk.User(f.Path), File{Before: now}, func(to *os.File) error {
			_, err := to.Write(f.Before)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("%w; nothing was written", err)
		}
		put = append(put, f.Path)
	}
	if err := s.Commit(); err != nil {
		return nil, err
	}
	return put, b.Forget(one.ID)
}

// now is what a file holds, if it is where it was: a link on the way may lead to
// somebody else's.
func (f SavedFile) now() ([]byte, error) {
	real, err := disk.Real(f.Path)
	switch {
	case err != nil:
		return nil, disk.Reason(err)
	case real != f.Path:
		return nil, fmt.Errorf("a link leads to %s now", real)
	}
	return disk.User(real).Read(maxBackup)
}
