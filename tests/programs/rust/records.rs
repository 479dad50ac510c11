// The Rust standard library: files and directories, collections, formatting, iterators, strings, traits, arguments.
// Prints only what is the same on every machine.
mod files;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::rc::Rc;

#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Value {
    Nothing,
    Number(f64),
    Text(String),
    List(Vec<Value>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nothing => write!(f, "-"),
            Value::Number(n) => write!(f, "{n:.2}"),
            Value::Text(s) => write!(f, "{s:?}"),
            Value::List(l) => {
                write!(f, "[")?;
                for (i, v) in l.iter().enumerate() {
                    write!(f, "{}{v}", if i > 0 { ", " } else { "" })?;
                }
                write!(f, "]")
            }
        }
    }
}

fn parse(words: &mut std::iter::Peekable<std::str::SplitWhitespace>) -> Result<Value, String> {
    match words.next() {
        None => Err("unexpected end".to_string()),
        Some("-") => Ok(Value::Nothing),
        Some("[") => {
            let mut list = Vec::new();
            while *words.peek().ok_or("unclosed list")? != "]" {
                list.push(parse(words)?);
            }
            words.next();
            Ok(Value::List(list))
        }
        Some(w) if w.starts_with('\'') => Ok(Value::Text(w[1..].to_string())),
        Some(w) => w.parse().map(Value::Number).map_err(|e| format!("{w}: {e}")),
    }
}

fn collections() {
    let mut state = 0x2545f4914f6cdd1du64;
    let mut random = move |n: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % n
    };
    let mut counts: HashMap<u64, usize> = HashMap::new();
    let mut heap = BinaryHeap::new();
    let mut seen = HashSet::new();
    for _ in 0..200_000 {
        let n = random(10_000);
        *counts.entry(n).or_default() += 1;
        if seen.insert(n) {
            heap.push(n);
        }
    }
    let mut top: Vec<_> = counts.iter().map(|(k, v)| (*v, *k)).collect();
    top.sort_unstable_by(|a, b| b.cmp(a));
    println!("{} {:?} {:?}", counts.len(), &top[..3], heap.pop());
    let by_length: BTreeMap<usize, BTreeSet<String>> =
        "the quick brown fox jumps over the lazy dog".split(' ').fold(BTreeMap::new(), |mut m, w| {
            m.entry(w.len()).or_insert_with(BTreeSet::new).insert(w.to_uppercase());
            m
        });
    println!("{by_length:?}");
    println!("{:#?}", by_length.range(4..).next());
    let mut queue: VecDeque<_> = (1..=5).collect();
    queue.rotate_left(2);
    queue.push_front(0);
    println!("{queue:?} {:?}", queue.iter().rev().step_by(2).collect::<Vec<_>>());
    let shared = Rc::new(RefCell::new(Vec::new()));
    let pushers: Vec<Box<dyn Fn(i32)>> = (0..3)
        .map(|k| {
            let shared = Rc::clone(&shared);
            Box::new(move |n: i32| shared.borrow_mut().push(n * k)) as Box<dyn Fn(i32)>
        })
        .collect();
    pushers.iter().enumerate().for_each(|(i, push)| push(i as i32 + 10));
    println!("{:?} {}", shared.borrow(), Rc::strong_count(&shared));
    let mut words: Vec<String> = (0..1000).map(|i| format!("w{:03}", (i * 7919) % 1000)).collect();
    words.sort_by_key(|w| std::cmp::Reverse(w.clone()));
    words.dedup();
    println!("{} {} {}", words.len(), words[0], words.iter().map(|w| w.len()).sum::<usize>());
}

fn formatting() {
    println!("{:>8}|{:<8}|{:^8}|{:*^9}|{:+}|{:#x}|{:#010b}|{:e}", 1, "ab", 'c', "mid", 5, 255, 5, 1234.5);
    println!("{:?} {:?} {:?} {:?}", 0.1 + 0.2, f64::NAN, -1.0f64 / 0.0, f32::MIN_POSITIVE);
    println!("{:?} {} {}", "tab\t\"é\u{1}", u128::MAX, i128::MIN / 3);
    println!("{:?} {:?} {:?}", "12x".parse::<i32>(), "1e5".parse::<f64>(), "300".parse::<u8>().map_err(|e| e.to_string()));
    println!("{:?} {:?} {}", 250u8.checked_add(10), 250u8.wrapping_add(10), 250u8.saturating_add(10));
    println!("{} {} {}", (300.7f64) as u8, (-1.5f64) as u32, f64::NAN as i64);
    println!("{:?} {:?}", "añb€".char_indices().collect::<Vec<_>>(), "añb€".bytes().map(u32::from).sum::<u32>());
    println!("{:.3} {:.3} {:.3}", 2f64.sqrt().mul_add(3.0, 1.0), 1f64.exp().sin(), 10f64.powf(0.3).ln());
    for source in ["[ 1 'a [ - 2.5 ] ]", "[ 1", "x1", ""] {
        match parse(&mut source.split_whitespace().peekable()) {
            Ok(v) => println!("{v} {v:?}"),
            Err(e) => println!("error: {e}"),
        }
    }
}

fn files() -> io::Result<()> {
    fs::create_dir_all("data/deep/er")?;
    let mut out = BufWriter::new(File::create("data/lines.txt")?);
    for i in 0..5000 {
        writeln!(out, "{i} {:.3} {}", f64::from(i) / 7.0, "z".repeat(i as usize % 9))?;
    }
    out.into_inner()?.sync_all()?;
    let total: usize = BufReader::new(File::open("data/lines.txt")?)
        .lines()
        .map(|l| l.map(|l| l.split(' ').nth(2).map_or(0, str::len)))
        .sum::<io::Result<usize>>()?;
    println!("{total} {}", fs::metadata("data/lines.txt")?.len());
    let mut file = OpenOptions::new().read(true).write(true).open("data/lines.txt")?;
    file.seek(SeekFrom::Start(100))?;
    file.write_all(b"<<<here>>>")?;
    file.seek(SeekFrom::Current(-20))?;
    let mut part = [0; 30];
    file.read_exact(&mut part)?;
    println!("{:?}", String::from_utf8_lossy(&part));
    file.set_len(110)?;
    println!("{} {:?}", file.metadata()?.len(), file.seek(SeekFrom::End(0))?);
    fs::write("data/deep/b.bin", [1, 2, 3])?;
    fs::copy("data/deep/b.bin", "data/deep/er/c.bin")?;
    fs::rename("data/lines.txt", "data/deep/a.txt")?;
    OpenOptions::new().append(true).open("data/deep/b.bin")?.write_all(&[4, 5])?;
    let mut names: Vec<_> = fs::read_dir("data/deep")?
        .map(|e| e.map(|e| (e.file_name().into_string().unwrap(), e.file_type().unwrap().is_dir())))
        .collect::<io::Result<_>>()?;
    names.sort();
    println!("{names:?} {:?}", fs::read("data/deep/b.bin")?);
    println!("{:?}", File::open("data/none").map_err(|e| e.kind()).err());
    println!("{:?}", File::options().write(true).create_new(true).open("data/deep/a.txt").map_err(|e| e.kind()).err());
    println!("{:?}", fs::remove_dir("data/deep").is_err());
    for i in 0..300 {
        fs::write(format!("data/deep/er/file-with-a-long-name-{i:05}"), i.to_string())?;
    }
    let sum: u32 = fs::read_dir("data/deep/er")?
        .filter_map(|e| fs::read_to_string(e.ok()?.path()).ok()?.parse::<u32>().ok())
        .sum();
    println!("{} {sum}", fs::read_dir("data/deep/er")?.count());
    fs::remove_dir_all("data")?;
    println!("{}", fs::metadata("data").is_err());
    Ok(())
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("files") {
        files::run();
        std::process::exit(7);
    }
    println!("{:?} {:?}", std::env::args().skip(1).collect::<Vec<_>>(), std::env::var("NO_SUCH_VARIABLE"));
    collections();
    formatting();
    files().expect("files");
    for (i, line) in io::stdin().lines().map_while(Result::ok).enumerate() {
        println!("{i}: {line}");
    }
    let elapsed = std::time::Instant::now().elapsed();
    println!("{}", elapsed.as_secs() < 10);
    eprintln!("to stderr");
    std::process::exit(7);
}
