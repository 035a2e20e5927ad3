package sizing

import "strings"

// Flag is the figure as an argument of java: -Xmx8g,
// -XX:MaxDirectMemorySize=8g, -XX:+UseG1GC. It is empty for a property.
func (f Figure) Flag() string {
	switch {
	case !strings.HasPrefix(f.Key, "-"):
		return ""
	case f.Value == "" || strings.HasPrefix(f.Key, "-XX:+") || strings.HasPrefix(f.Key, "-XX:-"):
		return f.Key
	case strings.HasPrefix(f.Key, "-X") && !strings.HasPrefix(f.Key, "-XX:"):
		return f.Key + f.Value
	}
	return f.Key + "=" + f.Value
}
