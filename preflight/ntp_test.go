package preflight_test

import (
	"encoding/binary"
	"net"
	"time"
)

// answerTime is a time server whose clock is ahead.
func answerTime(conn net.PacketConn, ahead func() time.Duration) {
	packet := make([]byte, 48)
	for {
		n, from, err := conn.ReadFrom(packet)
		if err != nil {
			return
		}
		if n < 48 {
			continue
		}
		answer := make([]byte, 48)
		answer[0], answer[1] = 0x24, 2 // no warning, version 4, server; stratum 2
		now := ntpTime(time.Now().Add(ahead()))
		copy(answer[12:], "LOCL")
		binary.BigEndian.PutUint64(answer[16:], ntpTime(time.Now().Add(ahead()-time.Second)))
		copy(answer[24:32], packet[40:48])
		binary.BigEndian.PutUint64(answer[32:], now)
		binary.BigEndian.PutUint64(answer[40:], now)
		_, _ = conn.WriteTo(answer, from)
	}
}

// ntpTime counts from 1900, in seconds and parts of 2^32.
func ntpTime(t time.Time) uint64 {
	const from1900 = 2208988800
	return uint64(t.Unix()+from1900)<<32 | uint64(t.Nanosecond())<<32/1e9
}
