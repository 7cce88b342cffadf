namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>Reads a program of <c>awk</c> for what it does beside printing.</summary>
/// <remarks>
/// Only so much of the language is read as is needed to tell a redirection of <c>print</c> from a comparison, and a regular expression from
/// a division. Pipes, <c>system</c>, <c>getline</c> and all that other awks add make it not known.
/// </remarks>
internal sealed class AwkProgram(string text)
{
    private readonly List<string> _writes = [];
    private int _at;
    private int _depth;
    private int? _printDepth;
    private bool _isOperand;

    /// <summary>Files that <c>print</c> and <c>printf</c> write.</summary>
    internal IReadOnlyList<string> Writes => _writes;

    /// <summary>Reads all of it; whether all of it is known.</summary>
    internal bool Read()
    {
        while (_at < text.Length)
        {
            if (!ReadToken(text[_at]))
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadToken(char first)
    {
        switch (first)
        {
            case ' ' or '\t' or '\r':
                _at++;
                return true;
            case '#':
                _at = text.IndexOf('\n', _at) is >= 0 and var end ? end : text.Length;
                return true;
            case '"':
                return ReadString(out _);
            case '/' when !_isOperand:
                return ReadExpression();
            case '|':
                return ReadOr();
            case '>':
                return ReadGreater();
            case '@' or '`' or '\'':
                return false;
            case '\\':
                _at += 2;
                return true;
            default:
                return char.IsAsciiLetter(first) || first == '_' ? ReadName() : ReadSign(first);
        }
    }

    private bool ReadSign(char sign)
    {
        _at++;
        if (char.IsAsciiDigit(sign) || sign == '.')
        {
            _isOperand = true;
            return true;
        }

        switch (sign)
        {
            case '(' or '[':
                _depth++;
                _isOperand = false;
                break;
            case ')' or ']':
                _depth--;
                _isOperand = true;
                break;
            case ';' or '\n' or '{' or '}':
                _printDepth = null;
                _isOperand = false;
                break;
            default:
                _isOperand = sign == '$' ? false : _isOperand && sign is '+' or '-' && _at < text.Length && text[_at] == sign;
                break;
        }

        return true;
    }

    private bool ReadName()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or ':'))
        {
            _at++;
        }

        var name = text[start.._at];
        _isOperand = name is not ("print" or "printf" or "return" or "in" or "case" or "else" or "do");
        _printDepth = name is "print" or "printf" ? _depth : _printDepth;
        return name is not ("system" or "getline" or "include" or "load" or "ARGV" or "ARGC") && !name.Contains("::", StringComparison.Ordinal);
    }

    private bool ReadOr()
    {
        var isOr = _at + 1 < text.Length && text[_at + 1] == '|';
        _at += 2;
        _isOperand = false;
        return isOr;
    }

    /// <summary>After <c>print</c>, outside of parentheses, it is where the output goes; anywhere else it compares.</summary>
    private bool ReadGreater()
    {
        _at++;
        if (_printDepth != _depth)
        {
            _isOperand = false;
            return true;
        }

        if (_at < text.Length && text[_at] == '>')
        {
            _at++;
        }

        while (_at < text.Length && text[_at] is ' ' or '\t')
        {
            _at++;
        }

        if (_at == text.Length || text[_at] != '"' || !ReadString(out var file))
        {
            return false;
        }

        while (_at < text.Length && text[_at] is ' ' or '\t')
        {
            _at++;
        }

        // What follows would be part of the name.
        _writes.Add(file);
        return file.Length > 0 && !file.Contains('\\', StringComparison.Ordinal) && (_at == text.Length || text[_at] is ';' or '\n' or '}');
    }

    private bool ReadString(out string value)
    {
        var start = ++_at;
        for (; _at < text.Length && text[_at] != '\n'; _at++)
        {
            if (text[_at] == '\\')
            {
                _at++;
            }
            else if (text[_at] == '"')
            {
                value = text[start.._at++];
                _isOperand = true;
                return true;
            }
        }

        value = "";
        return false;
    }

    private bool ReadExpression()
    {
        var isInSet = false;
        for (_at++; _at < text.Length && text[_at] != '\n'; _at++)
        {
            switch (text[_at])
            {
                case '\\':
                    _at++;
                    break;
                case '[':
                    isInSet = true;
                    break;
                case ']':
                    isInSet = false;
                    break;
                case '/' when isInSet:
                    // Awks differ in whether it ends here.
                    return false;
                case '/':
                    _at++;
                    _isOperand = true;
                    return true;
            }
        }

        return false;
    }
}
