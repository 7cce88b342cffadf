using System.Runtime.InteropServices;

namespace CoAgent.Protocol.Objects;

/// <summary>The name of an object, or of one above it, as the beginning of an id's text: no text of its own is made.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct IdPrefix : IEquatable<IdPrefix>
{
    private readonly string _text;
    private readonly int _length;
    private readonly int _hash;

    /// <summary>The whole name.</summary>
    internal IdPrefix(ObjectId id)
    {
        _text = id.Value;
        _length = _text.Length;
        _hash = id.GetHashCode();
    }

    private IdPrefix(string text, int length)
    {
        _text = text;
        _length = length;
        _hash = string.GetHashCode(text.AsSpan(0, length), StringComparison.Ordinal);
    }

    /// <summary>Whether this is what lies above a root: no object.</summary>
    internal bool IsEmpty => _length == 0;

    /// <summary>The name of the object one segment up; empty above a root.</summary>
    internal IdPrefix Above
    {
        get
        {
            var rootLength = ObjectIdSyntax.RootLengthIn(_text);
            return _length == rootLength
                ? default
                : new IdPrefix(_text, Math.Max(rootLength, Text.LastIndexOf(ObjectIdSyntax.Separator)));
        }
    }

    private ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <inheritdoc/>
    public bool Equals(IdPrefix other) => _hash == other._hash && Text.SequenceEqual(other.Text);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IdPrefix other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public override string ToString() => Text.ToString();
}
