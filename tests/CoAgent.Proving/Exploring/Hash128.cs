using System.Numerics;

namespace CoAgent.Proving.Exploring;

/// <summary>Takes in numbers and texts one after the other, and stands for all of them: two that differ never meet by chance.</summary>
internal struct Hash128
{
    private ulong _low;
    private ulong _high;

    /// <summary>The hash of what was taken in so far.</summary>
    public readonly UInt128 Value => new(Mix(_high + _low), Mix(_low ^ 0x9E3779B97F4A7C15UL));

    public void Add(long number)
    {
        _low = (BitOperations.RotateLeft(_low, 27) ^ Mix((ulong)number + 0x2545F4914F6CDD1DUL)) * 0x9FB21C651E98DF25UL;
        _high = (BitOperations.RotateLeft(_high, 31) + Mix((ulong)number ^ 0xD6E8FEB86659FD93UL)) * 0xC2B2AE3D27D4EB4FUL;
    }

    public void Add(bool flag) => Add(flag ? 1 : 0);

    public void Add(UInt128 bits)
    {
        Add((long)(ulong)bits);
        Add((long)(ulong)(bits >> 64));
    }

    public void Add(string? text)
    {
        Add(text?.Length ?? -1);
        for (var i = 0; i < text?.Length; i += 4)
        {
            var word = 0L;
            for (var j = i; j < Math.Min(i + 4, text.Length); j++)
            {
                word = (word << 16) | text[j];
            }

            Add(word);
        }
    }

    private static ulong Mix(ulong word)
    {
        word = (word ^ (word >> 32)) * 0xE9846AF9B1A615DUL;
        word = (word ^ (word >> 32)) * 0xE9846AF9B1A615DUL;
        return word ^ (word >> 28);
    }
}
