using System.Text;

namespace CoAgent.ToolSmith.Shell.Parsing;

/// <summary>A copy of a part of a text with something left out, and where each character came from.</summary>
internal sealed class UnescapedText(int lengthMax)
{
    private readonly StringBuilder _text = new(Math.Min(lengthMax, 256));
    private readonly List<int> _origins = new(Math.Min(lengthMax, 256));

    public string Text => _text.ToString();

    public int[] Origins => [.. _origins];

    public void Add(char character, int origin)
    {
        _text.Append(character);
        _origins.Add(origin);
    }
}
