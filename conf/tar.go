package conf

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// tarGz reads an archive from its begin to its end, and the configuration in it
// at once: there is no way back to a member.
func (a *archive) tarGz(f inPlace, size int64) error {
	unzipped, err := gzip.NewReader(bufio.NewReaderSize(patient{a.ctx, f}, 1<<16))
	if err != nil {
		return err
	}
	return a.tar(&meter{r: unzipped, packed: size}, nil, size)
}

// tar lists an archive; file is that of one that is not packed, and whose members
// can be read in place. Size is that of the archive.
func (a *archive) tar(r io.Reader, file inPlace, size int64) error {
	members := tar.NewReader(r)
	for {
		header, err := members.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		e, wanted, err := a.look(header.Name, header.Typeflag == tar.TypeDir, header.Typeflag == tar.TypeReg)
		if err != nil {
			return err
		}
		if !wanted {
			continue
		}
		switch {
		case header.Size > maxFile:
			e.problem = tooLarge
		case isSparse(header):
			e.problem = "is a sparse file, which no configuration file is"
		case file != nil:
			e.member = member{size: header.Size, packed: header.Size}
			e.member.at, err = file.Seek(0, io.SeekCurrent)
		case a.kept+header.Size > maxKept:
			e.problem = fmt.Sprintf("was not read: there is more than %d MiB of configuration in this archive", maxKept>>20)
		case a.swells(header.Size, size):
			e.problem = swollen
		default:
			a.kept += header.Size
			e.known = true
			if e.data, err = readBounded(members, header.Size); err != nil {
				e.problem = broken
			}
		}
		a.keep(e)
		if err != nil {
			return err
		}
	}
}

func isSparse(header *tar.Header) bool {
	for key := range header.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return header.Typeflag == tar.TypeGNUSparse
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
		return n, errors.New("it " + bomb)
	}
	return n, err
}
