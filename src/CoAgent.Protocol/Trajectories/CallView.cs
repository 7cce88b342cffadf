using System.Runtime.InteropServices;
using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Trajectories;

/// <summary>How far a call is, for who looks at a workspace from outside.</summary>
/// <param name="Call">The call.</param>
/// <param name="Position">Its place in the serial order.</param>
/// <param name="State">How far it is.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CallView(CallId Call, Position Position, CallState State);
