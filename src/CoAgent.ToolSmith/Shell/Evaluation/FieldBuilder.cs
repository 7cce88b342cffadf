using System.Collections.Immutable;
using System.Text;

namespace CoAgent.ToolSmith.Shell.Evaluation;

/// <summary>Puts the pieces of one word together into fields, as bash splits and globs them.</summary>
internal sealed class FieldBuilder(bool splits, bool globs)
{
    private readonly ImmutableArray<FieldValue>.Builder _fields = ImmutableArray.CreateBuilder<FieldValue>();
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _glob = new();
    private bool _isMarked;
    private bool _hasPattern;
    private bool _hasOpenBracket;
    private bool _hasRawBackslash;
    private string? _unknown;
    private bool _isMany;
    private string _prefix = "";

    /// <summary>The text as a pattern: quoted signs are escaped in it.</summary>
    public string Glob => _glob.ToString();

    public void AddQuoted(string text)
    {
        _isMarked = true;
        _text.Append(text);
        foreach (var character in text)
        {
            if (!char.IsLetterOrDigit(character) && character is not ('/' or '.' or '_' or ' '))
            {
                _glob.Append('\\');
            }

            _glob.Append(character);
        }
    }

    /// <summary>Text without quotes: never split, patterns where it has their signs.</summary>
    public void AddLiteral(string text)
    {
        _text.Append(text);
        _glob.Append(text);
        foreach (var character in text)
        {
            _hasPattern |= character is '*' or '?' || (character == ']' && _hasOpenBracket);
            _hasOpenBracket |= character == '[';
            _hasRawBackslash |= character == '\\';
        }
    }

    /// <summary>A pattern that is not put together from characters here.</summary>
    public void AddPattern(string text, string glob)
    {
        _text.Append(text);
        _glob.Append(glob);
        _hasPattern = true;
    }

    /// <summary>What an expansion without quotes gave: split at blanks.</summary>
    public void AddSplit(string value)
    {
        if (!splits)
        {
            AddUnknown("words are not split as usual", isMany: true);
            return;
        }

        var start = 0;
        for (var at = 0; at <= value.Length; at++)
        {
            if (at < value.Length && value[at] is not (' ' or '\t' or '\n'))
            {
                continue;
            }

            AddLiteral(value[start..at]);
            start = at + 1;
            if (at < value.Length)
            {
                EndField();
            }
        }
    }

    public void AddUnknown(string reason, bool isMany)
    {
        _prefix = _unknown is null && !_hasPattern ? _text.ToString() : _prefix;
        _unknown ??= reason;
        _isMany |= isMany || _fields.Count > 0;
    }

    /// <summary>A whole field of its own.</summary>
    public void AddField(FieldValue field) => _fields.Add(field);

    /// <summary>What was added since the last field becomes one, unless it is empty and had no quotes.</summary>
    public void EndField()
    {
        if (_text.Length > 0 || _isMarked)
        {
            _fields.Add(Field());
        }

        _text.Clear();
        _glob.Clear();
        _isMarked = _hasPattern = _hasOpenBracket = _hasRawBackslash = false;
    }

    public ImmutableArray<FieldValue> Finish()
    {
        if (_unknown is null)
        {
            EndField();
        }

        return _unknown is null ? _fields.ToImmutable() : [new FieldValue.Unknown(_unknown, !_isMany, _isMany ? "" : _prefix)];
    }

    /// <summary>All of it as one text, whatever it looks like; null when it is not known.</summary>
    public string? Whole() => _unknown is null && _fields.Count == 0 ? _text.ToString() : null;

    private FieldValue Field()
    {
        if (!_hasPattern)
        {
            return new FieldValue.Text(_text.ToString());
        }

        return globs && !_hasRawBackslash
            ? new FieldValue.Pattern(_glob.ToString(), _text.ToString())
            : new FieldValue.Unknown("patterns do not mean what they usually do", IsSingle: false, "");
    }
}
