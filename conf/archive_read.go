package conf

import (
	"compress/flate"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"os"

	"github.com/implycheck/implycheck/internal/disk"
)

// member is where a file lies in an archive.
type member struct {
	at, packed, size int64
	deflated         bool
	checksum         uint32 // 0 if there is none
}

// archiveReader reads members in place.
type archiveReader struct {
	name string
	file *os.File
}

func (r *archiveReader) read(e *entry) (data []byte, err error) {
	if r.file == nil {
		if r.file, _, err = openRegular(func() (*os.File, error) { return os.OpenFile(r.name, os.O_RDONLY|disk.Nonblock, 0) }); err != nil {
			return nil, err
		}
	}
	var in io.Reader = io.NewSectionReader(r.file, e.member.at, e.member.packed)
	if e.member.deflated {
		in = flate.NewReader(in)
	}
	data, err = readBounded(in, e.member.size)
	if err == nil && (int64(len(data)) != e.member.size || e.member.checksum != 0 && crc32.ChecksumIEEE(data) != e.member.checksum) {
		err = errors.New(broken)
	}
	return data, err
}

func (r *archiveReader) close() {
	if r.file != nil {
		_ = r.file.Close()
	}
}

// patient is a file whose reading ends with the context.
type patient struct {
	ctx context.Context
	*os.File
}

func (p patient) Read(b []byte) (int, error) {
	if p.ctx.Err() != nil {
		return 0, p.ctx.Err()
	}
	return p.File.Read(b)
}

func (p patient) ReadAt(b []byte, at int64) (int, error) {
	if p.ctx.Err() != nil {
		return 0, p.ctx.Err()
	}
	return p.File.ReadAt(b, at)
}
