package hardware

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// drawVolumes makes up to four disks, some with partitions, and up to three
// devices over what is free. Three devices of a quarter each fit what they are
// made of.
func drawVolumes(t *rapid.T) (list []*volume, physical int64) {
	var free []*volume
	add := func(v *volume) {
		list = append(list, v)
		place := rapid.SampledFrom([]string{"", "", "/data/" + v.name, "/", "/boot"}).Draw(t, v.name)
		switch {
		case v.parts > 0:
		case place != "":
			v.mounts = []mount{{point: place}}
		default:
			free = append(free, v)
		}
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "disks") {
		d := &volume{name: fmt.Sprintf("sd%c", 'a'+i), size: rapid.Int64Range(smallest, 1<<42).Draw(t, "size"), parts: rapid.IntRange(0, 3).Draw(t, "parts")}
		physical += d.size
		add(d)
		for p := range d.parts {
			add(&volume{name: fmt.Sprintf("%s%d", d.name, p+1), disk: d.name, size: d.size / 3})
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "devices") {
		d := &volume{name: fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"md", "dm-"}).Draw(t, "maker"), i)}
		for _, part := range free {
			if rapid.Bool().Draw(t, "with "+part.name) {
				d.below = append(d.below, part.name)
				d.size += part.size / 4
			}
		}
		if len(d.below) > 0 {
			add(d)
		}
	}
	return connect(list), physical
}

// However disks are cut and put together, no byte counts twice.
func TestNoDiskCountsTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, physical := drawVolumes(t)
		var h Host
		h.disks(list)
		assert.LessOrEqual(t, h.Machine.DiskSpace(), physical)
	})
}

// A copy of /sys may say anything.
func TestRingOfVolumes(t *testing.T) {
	list := connect([]*volume{{name: "dm-0", below: []string{"dm-1"}}, {name: "dm-1", below: []string{"dm-0", "gone"}}})
	assert.Empty(t, list[0].kind)
}
