using System.Text;

namespace CoAgent.Workspace.Files;

/// <summary>An answer of lines that stays below a number of bytes.</summary>
internal sealed class BoundedLines(int bytesMax)
{
    private readonly StringBuilder _text = new();
    private readonly List<string> _notices = [];
    private int _bytes;

    internal int Count { get; private set; }

    /// <summary>Adds a line, or says that it no longer fits.</summary>
    internal bool TryAdd(string line)
    {
        var bytes = Encoding.UTF8.GetByteCount(line) + 1;
        if (_bytes + bytes > bytesMax)
        {
            return false;
        }

        _bytes += bytes;
        Count++;
        _text.Append(line).Append('\n');
        return true;
    }

    /// <summary>Adds a remark of the tool's own after the lines.</summary>
    internal void Remark(string remark) => _notices.Add($"[{remark}]");

    /// <summary>The lines, without a line end after the last.</summary>
    internal string Finish()
    {
        foreach (var notice in _notices)
        {
            _text.Append(notice).Append('\n');
        }

        return _text.ToString(0, Math.Max(0, _text.Length - 1));
    }
}
