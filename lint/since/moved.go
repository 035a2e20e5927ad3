package since

import (
	"bytes"
	"hash/maphash"
	"path"
	"slices"
)

// maxCompared bounds the bytes of the pairs of files that are compared line by
// line.
const maxCompared = 64 << 20

// findMoved finds the files that were somewhere else: the same to the byte, or of
// the same name and with more than half of the lines.
func (c *Changes) findMoved() {
	gone, fresh := sorted(c.gone), sorted(c.fresh)
	for _, now := range fresh {
		i := slices.IndexFunc(gone, func(old string) bool { return len(c.gone[old]) > 0 && bytes.Equal(c.gone[old], c.fresh[now]) })
		if i >= 0 {
			c.moved(gone[i], now)
			gone = slices.Delete(gone, i, i+1)
		}
	}
	left := maxCompared
	for _, now := range fresh {
		if _, known := c.renamed[now]; known {
			continue
		}
		best, most := -1, 0.5
		for i, old := range gone {
			if path.Base(old) != path.Base(now) {
				continue
			}
			if left -= len(c.gone[old]) + len(c.fresh[now]); left < 0 {
				return
			}
			if s := similarity(c.gone[old], c.fresh[now]); s > most {
				best, most = i, s
			}
		}
		if best >= 0 {
			c.moved(gone[best], now)
			gone = slices.Delete(gone, best, best+1)
		}
	}
}

func (c *Changes) moved(old, now string) {
	c.renamed[now] = old
	c.lines[now] = changedLines(c.gone[old], c.fresh[now])
}

func sorted(files map[string][]byte) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// similarity is the part of all lines of two texts that both have.
func similarity(a, b []byte) float64 {
	seed := maphash.MakeSeed()
	count := map[uint64]int{}
	all, both := 0, 0
	for line := range bytes.Lines(a) {
		count[maphash.Bytes(seed, bytes.TrimSpace(line))]++
		all++
	}
	for line := range bytes.Lines(b) {
		sum := maphash.Bytes(seed, bytes.TrimSpace(line))
		if count[sum] > 0 {
			count[sum]--
			both++
		}
		all++
	}
	return 2 * float64(both) / float64(max(all, 1))
}
