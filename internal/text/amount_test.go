package text

import "testing"

func TestSprintf(t *testing.T) {
	for _, c := range []struct {
		want string
		a, b int64
	}{
		{"5 GiB and 4 GiB", 5 << 30, 4 << 30},
		{"5120 MiB and 512 MiB", 5 << 30, 512 << 20},
		{"1953.1 MiB and 1792 MiB", 2000000 << 10, 1792 << 20},
		{"10241.1 GiB and 1.8 GiB", 10241<<30 + 1<<27, 1907 << 20},
		{"1536 MiB and 1024 MiB", 3 << 29, 1 << 30},
		{"1048577 KiB and 1048576 KiB", 1<<30 + 1024, 1 << 30},
		{"1073741825 bytes and 1073741824 bytes", 1<<30 + 1, 1 << 30},
		{"2 TiB and 0 TiB", 2 << 40, 0},
		{"0 TiB and 0 TiB", 0, 0},
		{"7 bytes and 7 bytes", 7, 7},
	} {
		if got := Sprintf("%s and %s", Amount(c.a), Amount(c.b)); got != c.want {
			t.Errorf("%s, not %s", got, c.want)
		}
	}
	if got := Sprintf("%d of %s", 3, "x"); got != "3 of x" {
		t.Error(got)
	}
}
