// What std::fs, std::env and std::time promise, by every way to open, change and remove files, links and directories that
// exists on WASI. Prints only what is the same on every machine.
use std::collections::hash_map::RandomState;
use std::collections::HashMap;
use std::env;
use std::ffi::CString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, BufRead, BufReader, IoSlice, IoSliceMut, LineWriter, Read, Seek, SeekFrom, Write};
use std::os::raw::{c_char, c_int};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

extern "C" {
    // The standard library's own function for it is in another place on each system.
    fn symlink(target: *const c_char, path: *const c_char) -> c_int;
}

fn make_symlink(target: &str, path: &str) -> io::Result<()> {
    let (target, path) = (CString::new(target).unwrap(), CString::new(path).unwrap());
    match unsafe { symlink(target.as_ptr(), path.as_ptr()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// An error's text: numbers differ between systems, and kinds are more on some than on others.
fn text(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap().to_string()
}

fn outcome<T>(result: io::Result<T>) -> String {
    result.map_or_else(|error| text(&error), |_| "ok".to_string())
}

/// Names, kinds and sizes of all below a directory.
fn list(directory: &Path, depth: usize) -> io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(directory)?.collect::<io::Result<_>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let of = entry.file_type()?;
        let size = if of.is_file() { entry.metadata()?.len() } else { 0 };
        let letter = if of.is_dir() { 'd' } else if of.is_symlink() { 'l' } else { 'f' };
        println!("{}{} {:?} {}", "  ".repeat(depth), letter, entry.file_name(), size);
        if of.is_dir() {
            list(&entry.path(), depth + 1)?;
        }
    }
    Ok(())
}

/// Every combination of the six options, on a file that is there and one that is not.
fn opens() -> io::Result<()> {
    for options in 0..64 {
        let has = |bit: u32| options >> bit & 1 == 1;
        let mut results = Vec::new();
        for (name, exists) in [("old", true), ("new", false)] {
            fs::write("old", "0123456789")?;
            let _ = fs::remove_file("new");
            let opened = OpenOptions::new()
                .read(has(0))
                .write(has(1))
                .append(has(2))
                .truncate(has(3))
                .create(has(4))
                .create_new(has(5))
                .open(name);
            let result = match opened {
                Err(error) => text(&error),
                Ok(mut file) => {
                    let wrote = file.write(b"abc").is_ok();
                    let sought = file.seek(SeekFrom::Start(1)).is_ok();
                    let mut text = String::new();
                    let read = file.read_to_string(&mut text).is_ok();
                    drop(file);
                    format!("{wrote} {sought} {read} {text:?} {:?}", fs::read_to_string(name)?)
                }
            };
            results.push(format!("{}: {result}", if exists { "old" } else { "new" }));
            if !exists && !has(4) && !has(5) {
                results.push(format!("left {}", Path::new("new").try_exists()?));
            }
        }
        println!("{options:06b} {}", results.join(", "));
    }
    println!("{} {}", outcome(File::open(".")), outcome(File::create("none/file")));
    println!("{} {}", outcome(File::open("old/file")), outcome(OpenOptions::new().write(true).open(".")));
    fs::remove_file("new")?;
    fs::remove_file("old")
}

fn positions() -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).open("seek")?;
    file.write_all(b"The quick brown fox\njumps over\nthe lazy dog\n")?;
    println!("{} {}", file.stream_position()?, file.metadata()?.len());
    println!("{} {}", file.seek(SeekFrom::End(-9))?, outcome(file.seek(SeekFrom::Current(-1000))));
    let mut rest = Vec::new();
    println!("{} {:?}", file.read_to_end(&mut rest)?, String::from_utf8_lossy(&rest));
    println!("{} {}", file.seek(SeekFrom::Start(60))?, file.metadata()?.len());
    file.write_all(b"!")?;
    println!("{:?}", &fs::read("seek")?[40..]);
    file.set_len(10)?;
    println!("{:?} {}", fs::read_to_string("seek")?, file.stream_position()?);
    file.set_len(14)?;
    file.rewind()?;
    let (mut first, mut second) = ([0; 4], [0; 20]);
    let count = file.read_vectored(&mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)])?;
    println!("{count} {first:?} {second:?}");
    println!("{}", outcome(file.read_exact(&mut [0; 1])));
    println!("{}", file.write_vectored(&[IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"cde")])?);
    file.sync_data()?;
    file.sync_all()?;
    drop(file);
    let mut lines = LineWriter::new(File::create("lines")?);
    lines.write_all(b"one\ntwo\nunfinished")?;
    println!("{:?}", fs::read_to_string("lines")?);
    lines.flush()?;
    println!("{:?}", BufReader::new(File::open("lines")?).lines().collect::<io::Result<Vec<_>>>()?);
    let both = File::open("lines")?.chain(File::open("seek")?.take(5));
    println!("{}", io::copy(&mut BufReader::new(both), &mut File::create("both")?)?);
    println!("{:?} {}", fs::read_to_string("both")?, fs::copy("both", "copy")?);
    println!("{}", File::open("both")?.set_len(1).is_err());
    println!("{}", outcome(fs::copy("none", "copy")));
    for name in ["seek", "lines", "both", "copy"] {
        fs::remove_file(name)?;
    }
    Ok(())
}

fn directories() -> io::Result<()> {
    println!("{} {}", outcome(fs::create_dir("tree")), outcome(fs::create_dir("tree")));
    println!("{} {}", outcome(fs::create_dir("none/tree")), outcome(fs::create_dir_all("tree/a/b/c")));
    println!("{} {}", outcome(fs::create_dir_all("tree/a/b/c")), outcome(DirBuilder::new().recursive(true).create("tree/x/y")));
    fs::write("tree/a/file", "text")?;
    println!("{} {}", outcome(fs::create_dir_all("tree/a/file/b")), outcome(fs::create_dir("tree/a/file")));
    for name in ["with blank", "ünïcödé", "-dash", ".hidden", "back\\slash", "quote\"", &"n".repeat(255)] {
        fs::write(Path::new("tree/x").join(name), name)?;
    }
    println!("{}", fs::write(Path::new("tree").join("n".repeat(256)), "").is_err());
    println!("{}", outcome(File::open("tree/nul\0byte")));
    list(Path::new("tree"), 0)?;
    println!("{} {}", outcome(fs::remove_dir("tree/a")), outcome(fs::remove_dir("tree/a/file")));
    println!("{} {}", fs::remove_file("tree/a").is_err(), outcome(fs::remove_file("tree/none")));
    println!("{} {}", outcome(fs::remove_dir("tree/a/b/c")), outcome(fs::read_dir("tree/a/b/c").map(drop)));
    println!("{} {}", outcome(fs::rename("tree/a", "tree/x")), outcome(fs::rename("tree/x/y", "tree/a/b")));
    println!("{} {}", outcome(fs::rename("tree/a/file", "tree/x/.hidden")), outcome(fs::rename("tree/none", "tree/other")));
    println!("{} {}", fs::rename("tree", "tree/x/tree").is_err(), outcome(fs::rename("tree/x", "tree/x")));
    println!("{:?} {}", fs::read_to_string("tree/x/.hidden")?, outcome(fs::read_dir("tree/x/.hidden").map(drop)));
    let top = env::current_dir()?;
    env::set_current_dir("tree")?;
    println!("{:?} {}", fs::read_to_string("x/.hidden")?, outcome(fs::metadata("tree")));
    env::set_current_dir(top)?;
    // Entries that come and go while a directory is read: those that stay are seen once.
    for number in 0..500 {
        fs::write(format!("tree/x/{number:03}"), "")?;
    }
    let mut stay = 0;
    for entry in fs::read_dir("tree/x")? {
        let path = entry?.path();
        let number = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok());
        match number {
            Some(number) if number % 2 == 1 => fs::remove_file(&path)?,
            Some(_) => stay += 1,
            None => {}
        }
    }
    println!("{stay} {}", fs::read_dir("tree/x")?.count());
    fs::remove_dir_all("tree")?;
    println!("{} {}", outcome(fs::remove_dir_all("tree")), Path::new("tree").exists());
    Ok(())
}

fn links() -> io::Result<()> {
    fs::create_dir_all("kept/inner")?;
    fs::write("kept/file", "kept")?;
    fs::hard_link("kept/file", "second")?;
    OpenOptions::new().append(true).open("second")?.write_all(b" twice")?;
    println!("{:?} {}", fs::read_to_string("kept/file")?, outcome(fs::hard_link("kept/file", "second")));
    println!("{} {}", outcome(fs::hard_link("none", "third")), fs::hard_link("kept", "third").is_err());
    make_symlink("kept/file", "link")?;
    make_symlink("nowhere", "dangling")?;
    make_symlink("kept", "folder")?;
    make_symlink("loop-b", "loop-a")?;
    make_symlink("loop-a", "loop-b")?;
    println!("{} {:?}", outcome(make_symlink("x", "link")), fs::read_link("folder")?);
    println!("{:?} {}", fs::read_to_string("link")?, fs::metadata("link")?.len());
    println!("{} {}", fs::symlink_metadata("link")?.file_type().is_symlink(), fs::symlink_metadata("link")?.len());
    println!("{} {}", outcome(fs::metadata("dangling")), outcome(fs::symlink_metadata("dangling")));
    println!("{} {}", fs::metadata("loop-a").is_err(), File::open("loop-b").is_err());
    println!("{} {}", fs::metadata("folder")?.is_dir(), fs::read_dir("folder")?.count());
    println!("{:?} {}", fs::read_to_string("folder/../folder/file")?, outcome(fs::read_link("second")));
    println!("{} {}", outcome(OpenOptions::new().write(true).create_new(true).open("dangling")), outcome(File::create("dangling")));
    println!("{:?} {}", fs::read_to_string("nowhere")?, outcome(fs::rename("dangling", "renamed")));
    println!("{:?} {}", fs::read_link("renamed")?, outcome(fs::remove_file("renamed")));
    fs::create_dir("doomed")?;
    make_symlink("../kept", "doomed/folder")?;
    fs::remove_dir_all("doomed")?;
    println!("{}", outcome(fs::remove_file("folder")));
    list(Path::new("kept"), 0)?;
    for name in ["dangling", "doomed", "folder", "link", "nowhere", "renamed", "second"] {
        println!("{name} {}", outcome(fs::symlink_metadata(name)));
    }
    for name in ["link", "loop-a", "loop-b", "second", "nowhere"] {
        fs::remove_file(name)?;
    }
    fs::remove_dir_all("kept")
}

fn times() -> io::Result<()> {
    let started = Instant::now();
    let now = SystemTime::now();
    println!("{}", now.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() > 1_600_000_000);
    thread::sleep(Duration::from_millis(30));
    println!("{} {}", started.elapsed() >= Duration::from_millis(30), now.elapsed().is_ok());
    println!("{}", (0..1000).map(|_| Instant::now()).collect::<Vec<_>>().windows(2).all(|pair| pair[0] <= pair[1]));
    fs::write("dated", "text")?;
    let hour = Duration::from_secs(3600);
    let modified = fs::metadata("dated")?.modified()?;
    println!("{} {}", modified > now - hour, modified < now + hour);
    println!("{}", fs::metadata("dated")?.accessed()? > now - hour);
    #[cfg(set_times)]
    {
        let (accessed, modified) = (Duration::new(1_000_000_000, 123_456_789), Duration::new(1_234_567_890, 987_654_321));
        let epoch = SystemTime::UNIX_EPOCH;
        let file = OpenOptions::new().write(true).open("dated")?;
        file.set_times(fs::FileTimes::new().set_accessed(epoch + accessed).set_modified(epoch + modified))?;
        let found = file.metadata()?;
        println!("{} {}", found.accessed()? == epoch + accessed, found.modified()? == epoch + modified);
        file.set_modified(epoch)?;
        let found = fs::metadata("dated")?;
        println!("{} {}", found.accessed()? == epoch + accessed, found.modified()? == epoch);
    }
    fs::remove_file("dated")
}

fn environment() {
    env::set_var("SET_HERE", "a value");
    println!("{:?} {:?}", env::var("SET_HERE"), env::vars().filter(|(name, _)| name == "SET_HERE").count());
    env::remove_var("SET_HERE");
    println!("{:?} {:?}", env::var("SET_HERE"), env::args().skip(1).collect::<Vec<_>>());
    // Hash tables have random keys; equal ones would come of a source of randomness that is none.
    let hashes: Vec<_> = (0..3).map(|_| RandomState::new().build_hasher().finish()).collect();
    println!("{}", hashes[0] != hashes[1] && hashes[1] != hashes[2]);
    let map: HashMap<_, _> = (0..1000).map(|number| (number, number * number)).collect();
    println!("{}", map.values().sum::<i32>());
}

pub fn run() {
    for (name, run) in [("opens", opens as fn() -> io::Result<()>), ("positions", positions), ("directories", directories),
        ("links", links), ("times", times)] {
        println!("-- {name}");
        run().unwrap_or_else(|error| println!("{name}: {}", text(&error)));
    }
    environment();
    let mut line = String::new();
    println!("{:?} {line:?}", io::stdin().read_line(&mut line).map_err(|error| text(&error)));
}
