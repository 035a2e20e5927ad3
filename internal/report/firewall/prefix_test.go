package firewall

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestPrefixesCoverWhatIsGiven: no two networks overlap, which nftables would
// refuse, and every address that is given is in one of them.
func TestPrefixesCoverWhatIsGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOf(rapid.Custom(func(t *rapid.T) string {
			if rapid.Bool().Draw(t, "v6") {
				return netip.MustParsePrefix(fmt.Sprintf("fd00::%x/%d", rapid.IntRange(0, 255).Draw(t, "part"), rapid.IntRange(112, 128).Draw(t, "bits"))).Masked().String()
			}
			return netip.MustParsePrefix(fmt.Sprintf("10.0.%d.0/%d", rapid.IntRange(0, 7).Draw(t, "part"), rapid.IntRange(16, 32).Draw(t, "bits"))).Masked().String()
		})).Draw(t, "networks")
		got, err := ParsePrefixes(texts)
		require.NoError(t, err)
		for i, a := range got {
			for _, b := range got[i+1:] {
				require.False(t, a.Overlaps(b), "%s and %s", a, b)
			}
		}
		for _, text := range texts {
			p, covered := netip.MustParsePrefix(text), false
			for _, outer := range got {
				covered = covered || outer.Bits() <= p.Bits() && outer.Contains(p.Addr())
			}
			require.True(t, covered, text)
		}
	})
}

func FuzzParsePrefixes(f *testing.F) {
	for _, seed := range []string{"10.0.0.0/28", "10.0.0.1/24", "fd00::/64", "::ffff:10.0.0.0/120", "fe80::1%eth0", "master", "", "10.0.0.1 "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParsePrefixes([]string{text})
		if err == nil {
			require.Len(t, list, 1)
			require.Equal(t, list[0].Masked(), list[0])
			require.False(t, list[0].Addr().Is4In6())
		}
	})
}
