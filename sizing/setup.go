package sizing

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// Step is something that a person has to do on a server before Druid can start
// there, and commands to do it with. Nothing here runs them.
type Step struct {
	Text     string   `json:"text"`
	Commands []string `json:"commands"`
}

// Setup are the steps for a server: disks, then folders.
func (s Server) Setup() []Step {
	var steps []Step
	if s.Machine.Limited {
		return nil // what runs the container mounts its volumes
	}
	for _, m := range s.Mounts() {
		steps = append(steps, m.Step())
	}
	if folders := s.folders(); len(folders) > 0 {
		where := ""
		if !path.IsAbs(folders[len(folders)-1]) {
			where = " in the folder of the distribution"
		}
		steps = append(steps, Step{
			Text:     "Make the folders that Druid expects" + where + ", for the user that runs it (here druid).",
			Commands: []string{"sudo install -d -o druid -g druid " + text.Shell(folders...)},
		})
	}
	return steps
}

// Step formats and mounts a disk.
func (m Mount) Step() Step {
	what := fmt.Sprintf("Format and mount a disk at %s: %s, with %s.", m.Point, m.FileSystem, m.Options)
	disk := m.Device
	switch {
	case m.Least > 0:
		what = fmt.Sprintf("Attach a disk of %s or more, format it and mount it at %s: %s, with %s.", text.Decimal(m.Least), m.Point, m.FileSystem, m.Options)
	case strings.Contains(disk, "/by-id/"): // an instance's own
		what += " A disk inside an instance is empty after each stop: do the same at every boot."
	}
	if disk == "" {
		disk = "/dev/..."
	}
	return Step{Text: what, Commands: []string{
		"lsblk -d -o NAME,SIZE,MODEL,MOUNTPOINT",
		"DISK=" + disk,
		"sudo mkfs." + m.FileSystem + ` "$DISK"`,
		"sudo mkdir -p " + m.Point,
		fmt.Sprintf(`echo "UUID=$(sudo blkid -s UUID -o value "$DISK") %s %s %s 0 2" | sudo tee -a /etc/fstab`, m.Point, m.FileSystem, m.Options),
		"sudo mount " + m.Point,
	}}
}

// DataRoot is Druid's folder on the first disk for data, empty where all is below
// the distribution.
func (s Server) DataRoot() string {
	for _, p := range s.Processes {
		if f, ok := p.Figure("druid.processing.tmpDir"); ok && path.IsAbs(f.Value) {
			return path.Dir(f.Value)
		}
	}
	return ""
}

// folders are those that nobody makes. Druid makes its own below one that it may
// write to, but not java.io.tmpdir.
func (s Server) folders() []string {
	var list []string
	for _, p := range s.Processes {
		if f, ok := p.Figure("-Djava.io.tmpdir"); ok && !slices.Contains(list, f.Value) {
			list = append(list, f.Value)
		}
	}
	if s.DataRoot() != "" {
		for i := range max(1, len(s.Machine.Disks)) {
			if root := s.Machine.root(i); !slices.Contains(list, root) {
				list = append(list, root)
			}
		}
	}
	slices.Sort(list)
	return list
}
