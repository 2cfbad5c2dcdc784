"""Words that may not stand in code that has to be deterministic, each with its replacement."""

import re
from dataclasses import dataclass

from cpp_text import Outline


@dataclass(frozen=True)
class Ban:
    pattern: str
    instead: str


_TIME = 'time comes in with the step as Now (Instant, WallTime; engine/base)'
_RANDOM = 'draw from the Random of the step (engine/base), integers only'
_THREADS = 'a node is stepped by one thread; threads and coroutines live in engine/live'
_FILES = 'return a file effect (Open, Write, Read, ...); the host performs it'
_PRINTING = 'emit a Note, or return text to the caller'
_FLOATS = 'integers and the fixed-point tables of engine/base'
_SETTINGS = 'settings come in with Started (config, rules, seed)'
_ADDRESS = 'an address differs from run to run: use an id (BrokerId, PartitionId, ...)'

DETERMINISTIC = [
    Ban(r'\bstd::chrono\b|\b(system|steady|high_resolution|utc|file)_clock\b|\bclock_gettime\b'
        r'|\bgettimeofday\b|\b(localtime|gmtime)(_r)?\b|\bstd::time\b'
        r'|(?<![\w.:>])time\s*\(\s*(nullptr|NULL|0)'
        r'|\bstd::clock\b|<c?time(\.h)?>|<chrono>', _TIME),
    Ban(r'\brandom_device\b|\bmt19937(_64)?\b|\bminstd_rand0?\b|\b\w+_distribution\b|\bs?rand\s*\('
        r'|\bdefault_random_engine\b|\bstd::(shuffle|sample)\b|\bgetrandom\b|<random>', _RANDOM),
    Ban(r'\bstd::(jthread|thread|mutex|\w+_mutex|condition_variable\w*|async|future|promise'
        r'|atomic\w*|this_thread|lock_guard|unique_lock|scoped_lock|counting_semaphore|latch|barrier'
        r'|once_flag|call_once|stop_token)\b|\bthread_local\b|\bco_(await|yield|return)\b|\bpthread_\w+'
        r'|\b(sleep_for|usleep|nanosleep)\b'
        r'|<(thread|mutex|atomic|future|condition_variable|coroutine)>',
        _THREADS),
    Ban(r'\b(std::)?(basic_)?[io]?fstream\b|\bfopen\b|\bstd::filesystem\b|<fstream>'
        r'|<filesystem>', _FILES),
    Ban(r'\bstd::(cout|cerr|clog|cin|puts|printf)\b|(?<![\w.:>])f?printf\s*\(|\bfmt::print(ln)?\b'
        r'|<iostream>|<print>', _PRINTING),
    Ban(r'\b(float|double)\b|\bstd::(pow|exp|log|log2|log10|sqrt|floor|ceil|l?l?round)\b'
        r'|<c?math(\.h)?>'
        r"|(?<![\w.'])\d[\d']*\.\d+", _FLOATS),
    Ban(r'\b(secure_)?getenv\b|\bsetenv\b|\bstd::locale\b|\bsetlocale\b', _SETTINGS),
    Ban(r'\b(unordered_)?(multi)?(map|set)\s*<\s*(const\s+)?[\w:]+(<[^<>;]*>)?\s*(const\s*)?\*'
        r'|\bu?intptr_t\b|\bstd::(hash|less|greater)\s*<\s*(const\s+)?[\w:]*\s*(const\s*)?\*',
        _ADDRESS),
]

_EXCEPTIONS = Ban(r'\bthrow\b(?!\s+EnsureFailure\b)',
                  'ENSURE for our own bugs, Result<T> for failures of the environment, '
                  'ErrorCode for the protocol')

# Exceptions are for engine/live, sim/cli, sim/trace and viz/app only.
_WITH_EXCEPTIONS = ('engine/live/', 'sim/cli/', 'sim/trace/', 'viz/app/', 'tests/')


def is_deterministic(path):
    engine = path.startswith('engine/') and not path.startswith('engine/live/')
    return engine or path.startswith('sim/world/')


def banned_words(path, code):
    """Yields (line, word, replacement)."""
    bans = list(DETERMINISTIC) if is_deterministic(path) else []
    if not path.startswith(_WITH_EXCEPTIONS):
        bans.append(_EXCEPTIONS)
    for ban in bans:
        for match in re.finditer(ban.pattern, code):
            yield code.count('\n', 0, match.start()) + 1, match.group(0).strip(), ban.instead


_NOT_A_VARIABLE = re.compile(
    r'^(using|typedef|class|struct|union|enum|template|static_assert|friend|namespace|extern'
    r'|concept|asm|export|import|module|return|goto|case|default|public|private|protected|requires)\b')
_CONSTANT = re.compile(r'\b(constexpr|consteval)\b|\bconst\b(?![^=({]*\*(?!\s*const\b))')
_VARIABLE = re.compile(r'^[\w:<>,&*\s\[\]]+?[\s&*>]([A-Za-z_]\w*)\s*(\[[^\]]*\]\s*)*(=.*|\{\}.*)?$',
                       re.DOTALL)
_STATIC = re.compile(r'\bstatic\b(?!_)([^;{}()=]*)(=|;|\{|\()')


def mutable_globals(text, code):
    """Yields (line, text) of variables that outlive a step: namespace scope, `static` anywhere."""
    for line, statement in Outline(text).statements:
        if _NOT_A_VARIABLE.match(statement) or _CONSTANT.search(statement.split('=')[0]):
            continue
        declared = re.sub(r'\[\[.*?\]\]', ' ', statement).strip()
        if _VARIABLE.match(declared) and '(' not in declared.split('=')[0]:
            yield line, declared[:50]
    for match in _STATIC.finditer(code):
        if match.group(2) != '(' and not _CONSTANT.search(match.group(0).rstrip('=;{(')):
            yield code.count('\n', 0, match.start()) + 1, ' '.join(match.group(0).split())[:50]


_UNORDERED = re.compile(r'\bunordered_(?:multi)?(?:map|set)\s*<')
_NAME_AFTER = re.compile(r'\s*&?\s*([A-Za-z_]\w*)\s*[;={,)]')


def unordered_names(code):
    """Names of variables, members, parameters and aliases whose type is an unordered container."""
    names = set()
    for match in _UNORDERED.finditer(code):
        end, depth = match.end(), 1
        while end < len(code) and depth:
            depth += {'<': 1, '>': -1}.get(code[end], 0)
            end += 1
        name = _NAME_AFTER.match(code, end)
        if name:
            names.add(name.group(1))
    return names


def unordered_iterations(code, names):
    """Yields (line, text) where a container of `names` is walked in its accidental order."""
    if not names:
        return
    any_name = '|'.join(sorted(re.escape(name) for name in names))
    walk = re.compile(rf'\bfor\s*\([^;()]*[^:]:(?!:)[^;{{}}]*?\b({any_name})\s*\)'
                      rf'|\b({any_name})\s*\.\s*c?r?(begin)\s*\('
                      rf'|\bstd::(ranges::)?c?begin\s*\([^()]*\b({any_name})\s*\)')
    for match in walk.finditer(code):
        yield code.count('\n', 0, match.start()) + 1, ' '.join(match.group(0).split())[:50]
