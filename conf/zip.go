package conf

import (
	"archive/zip"
	"strings"
)

// zip lists an archive by its directory.
func (a *archive) zip(f inPlace, size int64) error {
	members, err := zip.NewReader(patient{a.ctx, f}, size)
	if err != nil {
		return err
	}
	for _, m := range members.File {
		e, wanted, err := a.look(m.Name, strings.HasSuffix(m.Name, "/"), m.Mode().IsRegular())
		if err != nil {
			return err
		}
		if wanted {
			a.zipped(&e, m, size)
			a.keep(e)
		}
		if a.ctx.Err() != nil {
			return a.ctx.Err()
		}
	}
	return nil
}

const encrypted = 1 // the bit of a member's flags

// zipped finds the place of a member, or says why it is not read.
func (a *archive) zipped(e *entry, m *zip.File, size int64) {
	switch {
	case m.UncompressedSize64 > maxFile:
		e.problem = tooLarge
		return
	case m.Flags&encrypted != 0:
		e.problem = "is encrypted in the archive"
		return
	case m.Method != zip.Store && m.Method != zip.Deflate:
		e.problem = "is packed in the archive by a method other than deflate"
		return
	case m.CompressedSize64 > m.UncompressedSize64+m.UncompressedSize64/8+1024: // blocks of nothing take time too
		e.problem = broken
		return
	}
	unpacked := int64(m.UncompressedSize64)
	if a.swells(unpacked, size) {
		e.problem = swollen
		return
	}
	at, err := m.DataOffset()
	if err != nil {
		e.problem = broken
		return
	}
	a.kept += unpacked
	e.member = member{at, int64(m.CompressedSize64), unpacked, m.Method == zip.Deflate, m.CRC32}
}
