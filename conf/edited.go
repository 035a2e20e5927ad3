package conf

// Edited is the file as it would be read with other bytes in it.
func (f *File) Edited(data []byte) *File {
	edited := &File{Path: f.Path, Kind: f.Kind, Data: data, rel: f.rel, whereabouts: f.whereabouts}
	edited.parse()
	return edited
}
