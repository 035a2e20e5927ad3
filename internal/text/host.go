package text

import (
	"net/netip"
	"strings"
)

// SplitHostPort splits host:port and [host]:port; false if a text is neither. It answers
// as net's does, and the page in a browser, which has no network, is smaller by it.
func SplitHostPort(text string) (host, port string, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return "", "", false
	}
	host, port = text[:i], text[i+1:]
	if inner, opened := strings.CutPrefix(host, "["); opened {
		host, opened = strings.CutSuffix(inner, "]")
		ok = opened
	} else {
		ok = !strings.Contains(host, ":")
	}
	if !ok || strings.ContainsAny(host+port, "[]") {
		return "", "", false
	}
	return host, port, true
}

// JoinHostPort is host:port, or [host]:port where the host has colons itself.
func JoinHostPort(host, port string) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}

// ParseIP reads an address of IPv4 or IPv6, without a zone.
func ParseIP(text string) (ip netip.Addr, ok bool) {
	ip, err := netip.ParseAddr(text)
	return ip.Unmap(), err == nil && ip.Zone() == ""
}
