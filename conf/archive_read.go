package conf

import (
	"compress/flate"
	"context"
	"errors"
	"hash/crc32"
	"io"
)

// member is where a file lies in an archive.
type member struct {
	at, packed, size int64
	deflated         bool
	checksum         uint32 // 0 if there is none
}

// archiveReader reads members in place.
type archiveReader struct {
	where where
	name  string
	file  inPlace
}

func (r *archiveReader) read(e *entry) (data []byte, err error) {
	if r.file == nil {
		if r.file, _, err = r.where.openArchive(r.name); err != nil {
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
	inPlace
}

func (p patient) Read(b []byte) (int, error) {
	if p.ctx.Err() != nil {
		return 0, p.ctx.Err()
	}
	return p.inPlace.Read(b)
}

func (p patient) ReadAt(b []byte, at int64) (int, error) {
	if p.ctx.Err() != nil {
		return 0, p.ctx.Err()
	}
	return p.inPlace.ReadAt(b, at)
}
