namespace CoAgent.Protocol.Tests.Plays;

/// <summary>What may happen next.</summary>
/// <param name="Kind">What sort of thing.</param>
/// <param name="Number">The agent, or the place of the effect among those that are out.</param>
internal readonly record struct Choice(ChoiceKind Kind, int Number);

/// <summary>What sort of thing may happen.</summary>
internal enum ChoiceKind
{
    /// <summary>An agent makes its move.</summary>
    Act,

    /// <summary>An effect on the world ends.</summary>
    End,

    /// <summary>An effect on the world ends, and nobody hears how.</summary>
    EndUnheard,

    /// <summary>An effect on the world does not happen, and nobody hears that.</summary>
    NeverBegin,

    /// <summary>What an agent was told is told again.</summary>
    Repeat,

    /// <summary>The notices with an agent's next answer are lost, and told again.</summary>
    Lose,
}
