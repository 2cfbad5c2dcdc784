"""Reading C++ text without a compiler: what is code, where functions begin and end.

Works on the text alone, so it sees every file in every configuration. It does not expand macros.
"""

import re
from dataclasses import dataclass

_LITERALS = re.compile(
    r'//(?:[^\n\\]|\\.|\\\n)*'
    r'|/\*.*?\*/'
    r'|(?:u8|u|U|L)?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9a-zA-Z_])'(?:[^'\\\n]|\\.)*'",
    re.DOTALL)
_DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n\\]|\\.|\\\n)*', re.MULTILINE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]*)"|<([^>\n]*)>)', re.MULTILINE)


def _blank(text):
    return re.sub(r'[^\n]', ' ', text)


def _blank_literal(match):
    text = match.group(0)
    if text.startswith(('//', '/*')):
        return _blank(text)
    quote = "'" if text.endswith("'") else '"'
    return quote + _blank(text[1:-1]) + quote


def code_of(text):
    """The text with comments and the insides of literals blanked; lines and columns stay."""
    return _LITERALS.sub(_blank_literal, text)


def comments_of(text):
    """The comments, everything else blanked."""
    out, end = [], 0
    for match in _LITERALS.finditer(text):
        out.append(_blank(text[end:match.start()]))
        literal = match.group(0)
        out.append(literal if literal.startswith(('//', '/*')) else _blank(literal))
        end = match.end()
    out.append(_blank(text[end:]))
    return ''.join(out)


@dataclass(frozen=True)
class Include:
    line: int
    path: str
    quoted: bool


def includes_of(text):
    """The #include lines; a directive inside a comment does not count."""
    without_comments = _LITERALS.sub(
        lambda m: _blank(m.group(0)) if m.group(0).startswith(('//', '/*')) else m.group(0), text)
    found = []
    for match in _INCLUDE.finditer(without_comments):
        line = without_comments.count('\n', 0, match.start()) + 1
        quoted = match.group(1) is not None
        found.append(Include(line, match.group(1) if quoted else match.group(2), quoted))
    return found


@dataclass(frozen=True)
class Span:
    """Lines first to last, both included; `name` is how it begins."""
    first: int
    last: int
    name: str

    @property
    def lines(self):
        return self.last - self.first + 1


def macros_of(text):
    """The bodies of #define directives that go over more than one line."""
    code = code_of(text)
    spans = []
    for match in _DIRECTIVE.finditer(code):
        if re.match(r'[ \t]*#[ \t]*define\b', match.group(0)) and '\n' in match.group(0):
            first = code.count('\n', 0, match.start()) + 1
            last = first + match.group(0).count('\n')
            spans.append(Span(first, last, ' '.join(match.group(0).split()[:2])))
    return spans


def _without_parentheses(head):
    """`int f(int a = (1)) const` becomes `int f() const`; likewise for attributes."""
    out, depth = [], 0
    for char in head:
        if char in '([':
            if depth == 0:
                out.append(char)
            depth += 1
        elif char in ')]':
            depth = max(0, depth - 1)
            if depth == 0:
                out.append(char)
        elif depth == 0:
            out.append(char)
    return ''.join(out)


_TYPE = re.compile(r'\b(class|struct|union|enum)\b')
_ACCESS = re.compile(r'\s*(public|private|protected)\s*:$')
_LAMBDA_VALUE = re.compile(r'(?<!operator)\s*=\s*\[')
_CONTROL = re.compile(r'^\s*(if|else|for|while|do|switch|try|catch)\b')


def _kind(head):
    """What a `{` after `head` opens: namespace, type, function, init (of a member) or block."""
    flat = _without_parentheses(head)
    if re.search(r'\bnamespace\b', flat) or re.match(r'\s*extern\s*""?\s*"?\s*$', flat):
        return 'namespace'
    if _CONTROL.match(flat):
        return 'block'
    after_list = re.search(r'\)[^;{}]*?[^:]:(?!:)(.*)$', flat, re.DOTALL)
    if after_list and re.search(r'[\w>]\s*$', after_list.group(1)):
        return 'init'
    body = re.search(r'[)\]}]\s*'
                     r'((const|noexcept|override|final|mutable|constexpr|try|&&?|\(\))\s*)*(->[^={}]*)?(requires[^{}]*)?$', flat)
    if body and re.search(r'[)\]]', flat):
        return 'function'
    return 'type' if _TYPE.search(flat) and '=' not in flat else 'block'


@dataclass
class _Scope:
    kind: str
    line: int
    head: str


class Outline:
    """One pass over a file: `functions` are the outermost function bodies with their signatures,
    `statements` the declarations that stand directly in a namespace, as (line, text)."""

    def __init__(self, text):
        self.functions = []
        self.statements = []
        self._scopes = []
        self._head = ''
        self._head_line = 0
        code = _DIRECTIVE.sub(lambda m: _blank(m.group(0)), code_of(text))
        self._walk(code)

    def _inside(self, kind):
        return any(scope.kind == kind for scope in self._scopes)

    def _walk(self, code):
        line = 1
        parentheses = 0
        for char in code:
            if char == '\n':
                line += 1
            if char in '()':
                parentheses = max(0, parentheses + (1 if char == '(' else -1))
            if char == '{':
                self._open(line)
                parentheses = 0
            elif char == '}':
                self._close(line)
            elif char == ';' and parentheses == 0:
                self._end_statement()
            else:
                self._extend(char, line)

    def _extend(self, char, line):
        if not self._head.strip():
            self._head = ''
            self._head_line = line
        self._head += char
        if char == ':' and _ACCESS.match(self._head):
            self._reset()

    def _reset(self):
        self._head = ''

    def _at_namespace(self):
        return all(scope.kind == 'namespace' for scope in self._scopes)

    def _end_statement(self):
        if self._at_namespace() and self._head.strip():
            self.statements.append((self._head_line, ' '.join(self._head.split())))
        self._reset()

    def _open(self, line):
        kind = _kind(self._head)
        first = self._head_line if self._head.strip() else line
        self._scopes.append(_Scope(kind, first, self._head))
        self._reset()

    def _close(self, line):
        if not self._scopes:
            return
        scope = self._scopes.pop()
        if scope.kind == 'function' and not self._inside('function'):
            name = ' '.join(scope.head.split())
            self.functions.append(Span(scope.line, line, name[:60]))
        # The statement may go on behind the brace: `: a{1}, b{2} {`, `int x[] = {1};`
        goes_on = scope.kind == 'init' or (
            scope.kind == 'block' and not _CONTROL.match(scope.head)) or (
            scope.kind == 'function' and _LAMBDA_VALUE.search(scope.head))
        self._reset()
        if goes_on and scope.head.strip():
            self._head, self._head_line = scope.head + '{}', scope.line
