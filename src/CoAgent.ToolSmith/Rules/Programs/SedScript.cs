namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>Reads a script of <c>sed</c> for the files that it reads and writes, as GNU sed does.</summary>
internal sealed class SedScript(string text)
{
    private readonly List<string> _reads = [];
    private readonly List<string> _writes = [];
    private int _at;
    private int _depth;

    /// <summary>Files that its commands read.</summary>
    internal IReadOnlyList<string> Reads => _reads;

    /// <summary>Files that its commands write; all are opened when it begins.</summary>
    internal IReadOnlyList<string> Writes => _writes;

    /// <summary>Reads all of it; whether all of it is known, and it runs nothing.</summary>
    internal bool Read()
    {
        while (true)
        {
            Skip(" \t\n;");
            if (_at == text.Length)
            {
                return _depth == 0;
            }

            if (text[_at] == '#')
            {
                ToLineEnd();
                continue;
            }

            if (!ReadAddresses())
            {
                return false;
            }

            Skip(" \t!");
            if (_at == text.Length || !ReadCommand(text[_at++]))
            {
                return false;
            }
        }
    }

    private bool ReadAddresses()
    {
        if (!ReadAddress(out var isThere))
        {
            return false;
        }

        Skip(" \t");
        if (!isThere || _at == text.Length || text[_at] != ',')
        {
            return true;
        }

        _at++;
        Skip(" \t");
        if (_at < text.Length && text[_at] is '+' or '~')
        {
            _at++;
        }

        return ReadAddress(out isThere) && isThere;
    }

    private bool ReadAddress(out bool isThere)
    {
        isThere = _at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] is '$' or '/' or '\\');
        if (!isThere)
        {
            return true;
        }

        switch (text[_at])
        {
            case '$':
                _at++;
                return true;
            case '/':
                _at++;
                return Part('/') && SkipFlags();
            case '\\':
                _at += 2;
                return _at <= text.Length && Part(text[_at - 1]) && SkipFlags();
            default:
                while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '~'))
                {
                    _at++;
                }

                return true;
        }
    }

    private bool SkipFlags()
    {
        Skip("IM");
        return true;
    }

    private bool ReadCommand(char command)
    {
        switch (command)
        {
            case '{':
                _depth++;
                return true;
            case '}':
                _depth--;
                return _depth >= 0 && Ends();
            case '=' or 'd' or 'D' or 'g' or 'G' or 'h' or 'H' or 'n' or 'N' or 'p' or 'P' or 'x' or 'F' or 'z':
                return Ends();
            case 'l' or 'L' or 'q' or 'Q':
                Skip(" \t0123456789");
                return Ends();
            case 'a' or 'i' or 'c':
                ReadText();
                return true;
            case ':':
                ToLineEnd();
                return true;
            case 'b' or 't' or 'T':
                while (_at < text.Length && text[_at] is not (';' or '\n' or '}'))
                {
                    _at++;
                }

                return true;
            case 'r' or 'R':
                return AddFile(_reads);
            case 'w' or 'W':
                return AddFile(_writes);
            case 's':
                return ReadParts() && ReadSubstitution();
            case 'y':
                return ReadParts() && Ends();
            default:
                return false;
        }
    }

    /// <summary>Between two commands: a semicolon, a line's end, a closing brace, or a comment.</summary>
    private bool Ends()
    {
        Skip(" \t");
        return _at == text.Length || text[_at] is ';' or '\n' or '}' or '#';
    }

    private bool ReadParts()
    {
        if (_at == text.Length || text[_at] is '\n' or '\\')
        {
            return false;
        }

        var mark = text[_at++];
        return Part(mark) && Part(mark);
    }

    /// <summary>Up to a mark that no backslash stands before; brackets mean nothing here to GNU sed.</summary>
    private bool Part(char mark)
    {
        for (; _at < text.Length; _at++)
        {
            if (text[_at] == '\\')
            {
                _at++;
            }
            else if (text[_at] == mark)
            {
                _at++;
                return true;
            }
        }

        return false;
    }

    private bool ReadSubstitution()
    {
        while (_at < text.Length)
        {
            switch (text[_at])
            {
                case 'g' or 'p' or 'i' or 'I' or 'm' or 'M' or (>= '0' and <= '9'):
                    _at++;
                    break;
                case 'w':
                    _at++;
                    return AddFile(_writes);
                default:
                    return Ends();
            }
        }

        return true;
    }

    private void ReadText()
    {
        for (; _at < text.Length && text[_at] != '\n'; _at++)
        {
            if (text[_at] == '\\')
            {
                _at++;
            }
        }
    }

    private bool AddFile(List<string> into)
    {
        Skip(" \t");
        var start = _at;
        ToLineEnd();
        into.Add(text[start.._at]);
        return _at > start;
    }

    private void ToLineEnd()
    {
        while (_at < text.Length && text[_at] != '\n')
        {
            _at++;
        }
    }

    private void Skip(string characters)
    {
        while (_at < text.Length && characters.Contains(text[_at], StringComparison.Ordinal))
        {
            _at++;
        }
    }
}
