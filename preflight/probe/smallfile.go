package probe

import "os"

// largestFile is more than any file of keys, tokens or settings has.
const largestFile = 16 << 20

// smallFile reads a file that the configuration or the environment names: neither a
// device that has no end nor one that is larger than memory.
func smallFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, rejected{path + " is a folder"}
	case !info.Mode().IsRegular():
		return nil, errUnsupported{path + " is not a regular file: it is not read"}
	case info.Size() > largestFile:
		return nil, errUnsupported{path + " is larger than any such file: it is not read"}
	}
	return os.ReadFile(path)
}
