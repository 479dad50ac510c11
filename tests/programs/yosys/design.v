// A small design to synthesise: a stack machine with an ALU, a register file in a memory, and a serial transmitter.
module alu (
  input [3:0] op,
  input [15:0] a,
  input [15:0] b,
  output reg [15:0] y,
  output zero
);
  always @* begin
    case (op)
      4'd0: y = a + b;
      4'd1: y = a - b;
      4'd2: y = a & b;
      4'd3: y = a | b;
      4'd4: y = a ^ b;
      4'd5: y = a << b[3:0];
      4'd6: y = a >> b[3:0];
      4'd7: y = $signed(a) >>> b[3:0];
      4'd8: y = {15'd0, a < b};
      4'd9: y = {15'd0, $signed(a) < $signed(b)};
      4'd10: y = a[7:0] * b[7:0];
      default: y = b;
    endcase
  end
  assign zero = y == 0;
endmodule

module transmitter #(
  parameter DIVIDER = 104
) (
  input clk,
  input reset,
  input [7:0] data,
  input start,
  output busy,
  output reg line
);
  reg [$clog2(DIVIDER)-1:0] ticks;
  reg [3:0] bits;
  reg [8:0] shift;
  assign busy = bits != 0;
  always @(posedge clk) begin
    if (reset) begin
      ticks <= 0;
      bits <= 0;
      line <= 1;
    end else if (!busy) begin
      if (start) begin
        shift <= {1'b1, data};
        bits <= 10;
        line <= 0;
        ticks <= DIVIDER - 1;
      end
    end else if (ticks == 0) begin
      {shift, line} <= {1'b1, shift};
      bits <= bits - 1;
      ticks <= DIVIDER - 1;
    end else
      ticks <= ticks - 1;
  end
endmodule

module top (
  input clk,
  input reset,
  input [7:0] buttons,
  output line,
  output reg [7:0] leds
);
  reg [15:0] registers[0:15];
  reg [15:0] program[0:255];
  reg [7:0] pc;
  reg [15:0] instruction, a, b;
  reg [2:0] state;
  wire [15:0] y;
  wire zero, busy;

  integer i;
  initial begin
    for (i = 0; i < 256; i = i + 1)
      program[i] = (i * 40503) ^ (i << 7);
  end

  alu alu (.op(instruction[15:12]), .a(a), .b(b), .y(y), .zero(zero));
  transmitter transmitter (
    .clk(clk), .reset(reset), .data(y[7:0]), .start(state == 3 && instruction[15:14] == 2'b11), .busy(busy), .line(line)
  );

  always @(posedge clk) begin
    if (reset) begin
      pc <= 0;
      state <= 0;
    end else case (state)
      0: begin
        instruction <= program[pc];
        state <= 1;
      end
      1: begin
        a <= registers[instruction[11:8]];
        state <= 2;
      end
      2: begin
        b <= instruction[7] ? {8'd0, buttons} : registers[instruction[3:0]];
        state <= 3;
      end
      3: if (!busy) begin
        registers[instruction[11:8]] <= y;
        leds <= y[15:8] ^ y[7:0];
        pc <= zero ? pc + instruction[7:0] : pc + 1;
        state <= 0;
      end
      default: state <= 0;
    endcase
  end
endmodule
