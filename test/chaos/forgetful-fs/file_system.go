package main

import (
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// FileSystem shows a Disk to the kernel. Nothing is cached on the way, so that every write and every sync gets here.
type FileSystem struct {
	fuse.RawFileSystem
	power *Power
	// How long a sync takes.
	syncTime time.Duration

	mu       sync.Mutex
	listings map[uint64][]string
	handles  uint64
}

// Mount shows the disk in a folder. It takes root, and no program beside /dev/fuse.
func Mount(folder string, power *Power, syncTime time.Duration) (*fuse.Server, error) {
	fs := &FileSystem{fuse.NewDefaultRawFileSystem(), power, syncTime, sync.Mutex{}, map[uint64][]string{}, 0}
	server, err := fuse.NewServer(fs, folder, &fuse.MountOptions{
		Name: "forgetful", FsName: "forgetful",
		DirectMountStrict: true, DisableReadDirPlus: true, DisableSplice: true, MaxWrite: 1 << 20,
	})
	if err != nil {
		return nil, err
	}
	go server.Serve()
	return server, server.WaitMount()
}

func (fs *FileSystem) String() string { return "forgetful" }

func fill(out *fuse.Attr, n *node) {
	out.Ino, out.Mode, out.Nlink = uint64(n.ino), n.mode, uint32(n.links)
	out.Size, out.Blocks, out.Blksize = uint64(len(n.content)), (uint64(len(n.content))+511)/512, page
	out.Uid, out.Gid = n.owner.uid, n.owner.gid
	modified, changed := time.Unix(0, n.times.modified), time.Unix(0, n.times.changed)
	out.SetTimes(&modified, &modified, &changed)
	if n.isFolder() {
		out.Nlink = 2
	}
}

func fillEntry(out *fuse.EntryOut, n *node) {
	out.NodeId, out.Generation = uint64(n.ino), 1
	fill(&out.Attr, n)
}

// GetAttr and the others serve a request of the kernel each, under its name.
func (fs *FileSystem) GetAttr(_ <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	return fuse.Status(fs.power.Use(func(d *Disk) syscall.Errno { return attributes(d, in.NodeId, out) }))
}

func attributes(d *Disk, ino uint64, out *fuse.AttrOut) syscall.Errno {
	n := d.nodes[Ino(ino)]
	if n == nil {
		return syscall.ESTALE
	}
	fill(&out.Attr, n)
	return 0
}

func (fs *FileSystem) SetAttr(_ <-chan struct{}, in *fuse.SetAttrIn, out *fuse.AttrOut) fuse.Status {
	if length, given := in.GetSize(); given {
		errno := fs.power.Change(func(d *Disk) syscall.Errno { return d.Truncate(Ino(in.NodeId), int64(length)) })
		if errno != 0 {
			return fuse.Status(errno)
		}
	}
	return fuse.Status(fs.power.Use(func(d *Disk) syscall.Errno {
		n := d.nodes[Ino(in.NodeId)]
		if n == nil {
			return syscall.ESTALE
		}
		if mode, given := in.GetMode(); given {
			n.mode = n.mode&syscall.S_IFMT | mode&^syscall.S_IFMT
		}
		if uid, given := in.GetUID(); given {
			n.owner.uid = uid
		}
		if gid, given := in.GetGID(); given {
			n.owner.gid = gid
		}
		n.times.changed = time.Now().UnixNano()
		if modified, given := in.GetMTime(); given {
			n.times.modified = modified.UnixNano()
		}
		return attributes(d, in.NodeId, out)
	}))
}

func (fs *FileSystem) Lookup(_ <-chan struct{}, in *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	return fuse.Status(fs.power.Use(func(d *Disk) syscall.Errno {
		n, errno := d.Lookup(Ino(in.NodeId), name)
		if errno == 0 {
			fillEntry(out, n)
		}
		return errno
	}))
}

func (fs *FileSystem) make(in *fuse.InHeader, name string, mode uint32, out *fuse.EntryOut) fuse.Status {
	return fuse.Status(fs.power.Change(func(d *Disk) syscall.Errno {
		n, errno := d.Make(Ino(in.NodeId), name, mode)
		if errno != 0 {
			return errno
		}
		now := time.Now().UnixNano()
		n.owner, n.times = owner{in.Uid, in.Gid}, times{now, now}
		fillEntry(out, n)
		return 0
	}))
}

func (fs *FileSystem) Mkdir(_ <-chan struct{}, in *fuse.MkdirIn, name string, out *fuse.EntryOut) fuse.Status {
	return fs.make(&in.InHeader, name, syscall.S_IFDIR|in.Mode&0o7777, out)
}

func (fs *FileSystem) Mknod(_ <-chan struct{}, in *fuse.MknodIn, name string, out *fuse.EntryOut) fuse.Status {
	if in.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return fuse.EPERM
	}
	return fs.make(&in.InHeader, name, in.Mode, out)
}

func (fs *FileSystem) Create(_ <-chan struct{}, in *fuse.CreateIn, name string, out *fuse.CreateOut) fuse.Status {
	out.OpenFlags = fuse.FOPEN_DIRECT_IO
	return fs.make(&in.InHeader, name, syscall.S_IFREG|in.Mode&0o7777, &out.EntryOut)
}

func (fs *FileSystem) Link(_ <-chan struct{}, in *fuse.LinkIn, name string, out *fuse.EntryOut) fuse.Status {
	return fuse.Status(fs.power.Change(func(d *Disk) syscall.Errno {
		n, errno := d.Link(Ino(in.Oldnodeid), Ino(in.NodeId), name)
		if errno == 0 {
			fillEntry(out, n)
		}
		return errno
	}))
}

func (fs *FileSystem) Unlink(_ <-chan struct{}, in *fuse.InHeader, name string) fuse.Status {
	return fuse.Status(fs.power.Change(func(d *Disk) syscall.Errno { return d.Unlink(Ino(in.NodeId), name) }))
}

func (fs *FileSystem) Rmdir(_ <-chan struct{}, in *fuse.InHeader, name string) fuse.Status {
	return fuse.Status(fs.power.Change(func(d *Disk) syscall.Errno { return d.Rmdir(Ino(in.NodeId), name) }))
}

const renameNoReplace = 1

func (fs *FileSystem) Rename(_ <-chan struct{}, in *fuse.RenameIn, name, newName string) fuse.Status {
	if in.Flags&^renameNoReplace != 0 {
		return fuse.EINVAL
	}
	from, to := entry{Ino(in.NodeId), name}, entry{Ino(in.Newdir), newName}
	return fuse.Status(fs.power.Change(func(d *Disk) syscall.Errno {
		return d.Rename(from, to, in.Flags&renameNoReplace == 0)
	}))
}

func (fs *FileSystem) Open(_ <-chan struct{}, in *fuse.OpenIn, out *fuse.OpenOut) fuse.Status {
	out.OpenFlags = fuse.FOPEN_DIRECT_IO
	return fuse.Status(fs.power.Use(func(d *Disk) syscall.Errno {
		_, errno := d.file(Ino(in.NodeId))
		return errno
	}))
}

func (fs *FileSystem) Read(_ <-chan struct{}, in *fuse.ReadIn, into []byte) (fuse.ReadResult, fuse.Status) {
	read := 0
	errno := fs.power.Use(func(d *Disk) (errno syscall.Errno) {
		read, errno = d.Read(Ino(in.NodeId), int64(in.Offset), into)
		return errno
	})
	return fuse.ReadResultData(into[:read]), fuse.Status(errno)
}

// Write through a descriptor with O_SYNC or O_DSYNC ends with a sync of the file.
func (fs *FileSystem) Write(_ <-chan struct{}, in *fuse.WriteIn, bytes []byte) (uint32, fuse.Status) {
	through := in.Flags&syscall.O_DSYNC != 0
	errno := fs.power.Write(len(bytes), !through, func(d *Disk) syscall.Errno {
		errno := d.Write(Ino(in.NodeId), int64(in.Offset), bytes)
		if errno == 0 {
			now := time.Now().UnixNano()
			d.nodes[Ino(in.NodeId)].times = times{now, now}
		}
		return errno
	})
	if errno == 0 && through {
		errno = fs.sync(in.NodeId)
	}
	return uint32(len(bytes)), fuse.Status(errno)
}

// Writev is not served: the kernel's bytes come to Write.
func (fs *FileSystem) Writev(<-chan struct{}, *fuse.WriteIn, [][]byte) (uint32, fuse.Status) {
	return 0, fuse.ENOSYS
}

func (fs *FileSystem) sync(ino uint64) syscall.Errno {
	return fs.power.Sync(Ino(ino), func() { time.Sleep(fs.syncTime) })
}

func (fs *FileSystem) Fsync(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	return fuse.Status(fs.sync(in.NodeId))
}

func (fs *FileSystem) FsyncDir(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	return fuse.Status(fs.sync(in.NodeId))
}

// Flush says nothing about what is durable: a close is no sync.
func (fs *FileSystem) Flush(<-chan struct{}, *fuse.FlushIn) fuse.Status { return fuse.OK }

func (fs *FileSystem) OpenDir(_ <-chan struct{}, in *fuse.OpenIn, out *fuse.OpenOut) fuse.Status {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.handles++
	out.Fh = fs.handles
	return fuse.OK
}

func (fs *FileSystem) ReleaseDir(in *fuse.ReleaseIn) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	delete(fs.listings, in.Fh)
}

// ReadDir goes on in what the folder held when reading began: names that go meanwhile do not let others be passed over.
func (fs *FileSystem) ReadDir(_ <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	return fuse.Status(fs.power.Use(func(d *Disk) syscall.Errno {
		fs.mu.Lock()
		defer fs.mu.Unlock()
		if _, begun := fs.listings[in.Fh]; !begun || in.Offset == 0 {
			names, errno := d.Names(Ino(in.NodeId))
			if errno != 0 {
				return errno
			}
			fs.listings[in.Fh] = names
		}
		names := fs.listings[in.Fh]
		for i := int(in.Offset); i < len(names); i++ {
			listed := fuse.DirEntry{Name: names[i], Ino: uint64(fuse.FUSE_UNKNOWN_INO), Off: uint64(i + 1)}
			if n, errno := d.Lookup(Ino(in.NodeId), names[i]); errno == 0 {
				listed.Ino, listed.Mode = uint64(n.ino), n.mode
			}
			if !out.AddDirEntry(listed) {
				break
			}
		}
		return 0
	}))
}

func (fs *FileSystem) StatFs(_ <-chan struct{}, _ *fuse.InHeader, out *fuse.StatfsOut) fuse.Status {
	const blocks = 1 << 20
	*out = fuse.StatfsOut{Blocks: blocks, Bfree: blocks, Bavail: blocks, Bsize: page, Frsize: page, NameLen: 255}
	return fuse.OK
}
