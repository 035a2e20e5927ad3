//go:build !js

package edit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
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
// $XDG_STATE_HOME/implycheck/backups, or ~/.local/state/implycheck/backups.
func UserBackups() (Backups, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return Backups{}, fmt.Errorf("there is no folder for backups: set XDG_STATE_HOME or HOME: %w", err)
		}
		state = filepath.Join(home, ".local", "state")
	}
	return Backups{filepath.Join(state, "implycheck", "backups")}, nil
}

// String is where the backups are.
func (b Backups) String() string { return b.dir }

// open opens the folder, which nobody else may be able to change.
func (b Backups) open(toSave bool) (*os.Root, error) {
	if toSave {
		if err := os.MkdirAll(b.dir, 0o700); err != nil {
			return nil, fmt.Errorf("the folder for backups cannot be made: %w", err)
		}
	}
	info, err := os.Lstat(b.dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() || !private(info) {
		return nil, fmt.Errorf("%s can be read by others, or is not your folder: chmod 700 it, or set XDG_STATE_HOME", b.dir)
	}
	return os.OpenRoot(b.dir)
}

// Save keeps files as they are now, and forgets the oldest backups.
func (b Backups) Save(files []SavedFile, now time.Time) (id string, err error) {
	root, err := b.open(true)
	if err != nil {
		return "", err
	}
	defer root.Close()
	data, err := json.Marshal(Backup{Made: now.UTC(), Files: files})
	if err != nil {
		return "", err
	}
	id = now.UTC().Format("20060102-150405.000") + "-" + strings.ToLower(rand.Text()[:6])
	var s Staging
	defer s.Discard()
	err = s.Add(File{Folder: root, Path: id + ".json", Shown: filepath.Join(b.dir, id+".json"), New: true}, func(f *os.File) error {
		_, err := f.Write(data)
		return errors.Join(err, f.Chmod(0o600))
	})
	if err = errors.Join(err, s.Commit()); err != nil {
		return "", err
	}
	ids, err := idsOf(root)
	for len(ids) > mostBackups {
		err = errors.Join(err, root.Remove(ids[0]+".json"))
		ids = ids[1:]
	}
	return id, err
}

func idsOf(root *os.Root) (ids []string, err error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), ".json"); ok && e.Type().IsRegular() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, err
}

// List are the backups, the newest first.
func (b Backups) List() ([]Backup, error) {
	root, err := b.open(false)
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
		one, err := b.read(id)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func (b Backups) read(id string) (one Backup, err error) {
	data, err := disk.Below(b.dir, id+".json").Read(maxBackup)
	if err == nil {
		err = json.Unmarshal(data, &one)
	}
	if err != nil {
		return one, fmt.Errorf("the backup %s cannot be read: %w", filepath.Join(b.dir, id+".json"), err)
	}
	one.ID = id
	return one, nil
}

// Forget deletes a backup of what was not changed after all.
func (b Backups) Forget(id string) error { return os.Remove(filepath.Join(b.dir, id+".json")) }

// Restore puts all files of a backup back, or none: what was changed since then is
// left alone. The backup is gone then.
func (b Backups) Restore(one Backup) error {
	var s Staging
	defer s.Discard()
	for _, f := range one.Files {
		now, err := disk.User(f.Path).Read(maxBackup)
		if err != nil {
			return fmt.Errorf("%s cannot be put back: %w; nothing was written", f.Path, err)
		}
		if hashOf(now) != f.After {
			return fmt.Errorf("%s was changed since %s, and is left alone; nothing was written", f.Path, one.Made.Format(time.RFC3339))
		}
		err = s.AddNamed(disk.User(f.Path), File{Before: now}, func(to *os.File) error {
			_, err := to.Write(f.Before)
			return err
		})
		if err != nil {
			return fmt.Errorf("%w; nothing was written", err)
		}
	}
	if err := s.Commit(); err != nil {
		return err
	}
	return b.Forget(one.ID)
}
