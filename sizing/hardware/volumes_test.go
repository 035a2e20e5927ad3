package hardware

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// drawVolumes makes up to four disks, some with partitions, and up to three
// devices over what is free.
func drawVolumes(t *rapid.T) (list []*volume, physical int64) {
	var free []*volume
	places := []string{"", "", "/data", "/boot", "/"}
	add := func(v *volume) {
		list = append(list, v)
		place := rapid.SampledFrom(places).Draw(t, v.name)
		switch {
		case v.parts > 0:
		case place == "":
			free = append(free, v)
		default:
			v.mounts = []mount{{point: place}}
		}
		if place == "/" {
			places = places[:4]
		}
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "disks") {
		d := &volume{name: fmt.Sprintf("sd%c", 'a'+i), size: rapid.Int64Range(smallest, 1<<42).Draw(t, "size"), parts: rapid.IntRange(0, 3).Draw(t, "parts")}
		physical += d.size
		add(d)
		for p := range d.parts {
			add(&volume{name: fmt.Sprintf("%s%d", d.name, p+1), disk: d.name, size: d.size / 3})
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "devices") {
		if len(free) == 0 {
			break
		}
		n := rapid.IntRange(1, len(free)).Draw(t, "members")
		d := &volume{name: fmt.Sprintf("md%d", i)}
		for _, part := range free[:n] {
			d.below = append(d.below, part.name)
			d.size += part.size
		}
		free = free[n:]
		add(d)
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
