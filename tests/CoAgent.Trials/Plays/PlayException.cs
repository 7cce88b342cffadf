using System.Diagnostics.CodeAnalysis;

namespace CoAgent.Trials.Plays;

/// <summary>A play did not go as it must.</summary>
internal sealed class PlayException(string message) : Exception(message)
{
    /// <summary>Throws unless it is so.</summary>
    public static void Require([DoesNotReturnIf(false)] bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new PlayException(otherwise);
        }
    }
}
